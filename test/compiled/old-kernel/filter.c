/* Runs a program as on Linux 4.19: every system call that came later answers ENOSYS. x86-64 only.
 *
 * filter <program> [arguments]     filter --check prints what clone3, of Linux 5.3, answers under the filter
 */
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The last one of 4.19 is rseq, 334. From 0x40000000 on there are those of x32. */
#define FIRST_NEW 335
#define FIRST_X32 0x40000000
#define CLONE3 435

int main(int count, char **words)
{
    struct sock_filter rules[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_X86_64, 0, 4),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, FIRST_X32, 2, 0),
        BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, FIRST_NEW, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = { sizeof rules / sizeof *rules, rules };

    if (count < 2)
        return 2;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program)) {
        perror("filter");
        return 1;
    }
    if (!strcmp(words[1], "--check")) {
        long answer = syscall(CLONE3, 0, 0);
        printf("%s\n", answer == -1 && errno == ENOSYS ? "ENOSYS" : "there");
        return 0;
    }
    execvp(words[1], words + 1);
    perror(words[1]);
    return 127;
}
