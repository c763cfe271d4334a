/**
 * An expression that is evaluated in a page: what a person would find wrong with it, in words. Texts of a picture that overlap or leave it, cells
 * whose text leaves them, anything wider than the window, and text with a contrast of less than 4.5 to what is behind it (WCAG 2.1, AA).
 */
export const FAULTS = `(() => {
  const faults = [];
  const LEAST = 4.5;
  const short = (element) => element.textContent.trim().slice(0, 60);
  const boxOf = (element) => {
    const range = document.createRange();
    range.selectNodeContents(element);
    return element instanceof SVGElement ? element.getBoundingClientRect() : range.getBoundingClientRect();
  };
  for (const svg of document.querySelectorAll("svg")) {
    const frame = svg.getBoundingClientRect();
    const texts = [...svg.querySelectorAll("text")].map((element) => ({ text: short(element), box: boxOf(element) }));
    texts.forEach((one, index) => {
      const { left, right, top, bottom } = one.box;
      if (left < frame.left - 1 || right > frame.right + 1 || top < frame.top - 1 || bottom > frame.bottom + 1)
        faults.push("leaves its picture: " + one.text);
      for (const other of texts.slice(index + 1)) {
        const wide = Math.min(right, other.box.right) - Math.max(left, other.box.left);
        const high = Math.min(bottom, other.box.bottom) - Math.max(top, other.box.top);
        if (wide > 0.5 && high > 2) faults.push("overlap: " + one.text + " | " + other.text);
      }
    });
    const bars = [...svg.querySelectorAll("rect")].map((element) => element.getBoundingClientRect());
    for (const { text, box } of texts)
      if (bars.some((bar) => Math.min(box.right, bar.right) - Math.max(box.left, bar.left) > 0.5 && Math.min(box.bottom, bar.bottom) - Math.max(box.top, bar.top) > 2))
        faults.push("behind a bar: " + text);
  }
  for (const cell of document.querySelectorAll("td, th")) {
    const frame = cell.getBoundingClientRect();
    const box = boxOf(cell);
    if (box.width > 0 && (box.left < frame.left - 1 || box.right > frame.right + 1)) faults.push("leaves its cell: " + short(cell));
  }
  const width = document.documentElement.clientWidth;
  for (const element of document.querySelectorAll("h1, h2, p, li, table, svg, span"))
    if (element.getBoundingClientRect().right > width + 1) faults.push("is cut: " + element.tagName + " " + short(element));
  const channels = (colour) => (colour.match(/[\\d.]+/g) ?? []).map(Number);
  const light = (colour) => {
    const [r, g, b] = channels(colour).map((value) => value / 255).map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    for (let one = element; one !== null; one = one.parentElement) {
      const colour = getComputedStyle(one).backgroundColor;
      if (channels(colour)[3] !== 0) return colour;
    }
    return "rgb(255, 255, 255)";
  };
  const seen = new Set();
  for (const element of document.querySelectorAll("body *")) {
    if (element.tagName === "title" || ![...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== "")) continue;
    const style = getComputedStyle(element);
    const front = element instanceof SVGElement ? style.fill : style.color;
    const back = behind(element);
    const [a, b] = [light(front), light(back)].sort((x, y) => y - x);
    const contrast = (a + 0.05) / (b + 0.05);
    if (contrast < LEAST && !seen.has(front + back)) faults.push("contrast " + contrast.toFixed(1) + ": " + short(element));
    seen.add(front + back);
  }
  return faults.slice(0, 20);
})()`;
