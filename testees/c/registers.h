// Every register that a call must leave alone: loaded before it, stored after it. On x86_64 rax is the result and the instruction takes rcx and
// r11; on aarch64 x0 is the result; on i386 it is eax.
#ifndef REGISTERS_H
#define REGISTERS_H
#include "testee.h"
#include <sys/syscall.h>

#if defined __x86_64__
static const char *const names[] = {"rbx", "rbp", "rdi", "rsi", "rdx", "r8", "r9", "r10", "r12", "r13", "r14", "r15"};
#elif defined __aarch64__
static const char *const names[] = {"x1",  "x2",  "x3",  "x4",  "x5",  "x6",  "x7",  "x8",  "x9",  "x10",
                                    "x11", "x12", "x13", "x14", "x15", "x16", "x17", "x18", "x19", "x20",
                                    "x21", "x22", "x23", "x24", "x25", "x26", "x27", "x28", "x29", "x30"};
#elif defined __i386__
static const char *const names[] = {"ebx", "ecx", "edx", "esi", "edi", "ebp"};
#else
#error "no register test for this architecture yet"
#endif
#define COUNT (sizeof names / sizeof *names)

#ifdef __i386__
typedef uint32_t reg;
#else
typedef uint64_t reg;
#endif

// Loads the registers from `in`, makes the call, stores them to `out`; returns the result.
long call_with_registers(long number, const reg *in, reg *out, reg first);

#if defined __x86_64__
// rdi number, rsi in, rdx out. The first argument of the call is one of the patterns.
__asm__(".text\n"
        ".type call_with_registers, @function\n"
        "call_with_registers:\n"
        "    push %rbx\n    push %rbp\n    push %r12\n    push %r13\n    push %r14\n    push %r15\n"
        "    push %rdx\n"
        "    mov %rdi, %rax\n"
        "    mov %rsi, %rcx\n"
        "    mov 0(%rcx), %rbx\n    mov 8(%rcx), %rbp\n    mov 16(%rcx), %rdi\n    mov 24(%rcx), %rsi\n"
        "    mov 32(%rcx), %rdx\n    mov 40(%rcx), %r8\n    mov 48(%rcx), %r9\n    mov 56(%rcx), %r10\n"
        "    mov 64(%rcx), %r12\n    mov 72(%rcx), %r13\n    mov 80(%rcx), %r14\n    mov 88(%rcx), %r15\n"
        "    syscall\n"
        "    pop %rcx\n"
        "    mov %rbx, 0(%rcx)\n    mov %rbp, 8(%rcx)\n    mov %rdi, 16(%rcx)\n    mov %rsi, 24(%rcx)\n"
        "    mov %rdx, 32(%rcx)\n    mov %r8, 40(%rcx)\n    mov %r9, 48(%rcx)\n    mov %r10, 56(%rcx)\n"
        "    mov %r12, 64(%rcx)\n    mov %r13, 72(%rcx)\n    mov %r14, 80(%rcx)\n    mov %r15, 88(%rcx)\n"
        "    pop %r15\n    pop %r14\n    pop %r13\n    pop %r12\n    pop %rbp\n    pop %rbx\n"
        "    ret\n"
        ".size call_with_registers, . - call_with_registers\n");
#elif defined __aarch64__
// x0 number, x1 in, x2 out, x3 first argument. 96 bytes of saved registers, 16 for `out`, 256 for what came back: nothing but
// sp is free after the call.
__asm__(".text\n"
        ".type call_with_registers, %function\n"
        "call_with_registers:\n"
        "    sub sp, sp, #368\n"
        "    stp x19, x20, [sp, #0]\n    stp x21, x22, [sp, #16]\n    stp x23, x24, [sp, #32]\n"
        "    stp x25, x26, [sp, #48]\n    stp x27, x28, [sp, #64]\n    stp x29, x30, [sp, #80]\n"
        "    stp x2, x18, [sp, #96]\n"
        // in[7] is x8's place: the number.
        "    str x0, [x1, #56]\n"
        "    mov x0, x3\n"
        "    ldp x2, x3, [x1, #8]\n    ldp x4, x5, [x1, #24]\n    ldp x6, x7, [x1, #40]\n"
        "    ldp x8, x9, [x1, #56]\n    ldp x10, x11, [x1, #72]\n    ldp x12, x13, [x1, #88]\n"
        "    ldp x14, x15, [x1, #104]\n    ldp x16, x17, [x1, #120]\n    ldp x18, x19, [x1, #136]\n"
        "    ldp x20, x21, [x1, #152]\n    ldp x22, x23, [x1, #168]\n    ldp x24, x25, [x1, #184]\n"
        "    ldp x26, x27, [x1, #200]\n    ldp x28, x29, [x1, #216]\n    ldr x30, [x1, #232]\n"
        "    ldr x1, [x1, #0]\n"
        "    svc #0\n"
        "    stp x1, x2, [sp, #112]\n    stp x3, x4, [sp, #128]\n    stp x5, x6, [sp, #144]\n"
        "    stp x7, x8, [sp, #160]\n    stp x9, x10, [sp, #176]\n    stp x11, x12, [sp, #192]\n"
        "    stp x13, x14, [sp, #208]\n    stp x15, x16, [sp, #224]\n    stp x17, x18, [sp, #240]\n"
        "    stp x19, x20, [sp, #256]\n    stp x21, x22, [sp, #272]\n    stp x23, x24, [sp, #288]\n"
        "    stp x25, x26, [sp, #304]\n    stp x27, x28, [sp, #320]\n    stp x29, x30, [sp, #336]\n"
        "    ldp x2, x18, [sp, #96]\n"
        "    mov x3, #0\n"
        "    add x4, sp, #112\n"
        "1:  ldr x5, [x4, x3, lsl #3]\n"
        "    str x5, [x2, x3, lsl #3]\n"
        "    add x3, x3, #1\n"
        "    cmp x3, #30\n"
        "    b.ne 1b\n"
        "    ldp x19, x20, [sp, #0]\n    ldp x21, x22, [sp, #16]\n    ldp x23, x24, [sp, #32]\n"
        "    ldp x25, x26, [sp, #48]\n    ldp x27, x28, [sp, #64]\n    ldp x29, x30, [sp, #80]\n"
        "    add sp, sp, #368\n"
        "    ret\n"
        ".size call_with_registers, . - call_with_registers\n");
#elif defined __i386__
// Above the return address: number, in, out. Nothing but esp is free after the call, and ebp is the sixth argument.
__asm__(".text\n"
        ".type call_with_registers, @function\n"
        "call_with_registers:\n"
        "    push %ebx\n    push %esi\n    push %edi\n    push %ebp\n"
        "    mov 20(%esp), %eax\n"
        "    mov 24(%esp), %ebp\n"
        "    mov 0(%ebp), %ebx\n    mov 4(%ebp), %ecx\n    mov 8(%ebp), %edx\n"
        "    mov 12(%ebp), %esi\n    mov 16(%ebp), %edi\n    mov 20(%ebp), %ebp\n"
        "    int $0x80\n"
        "    push %ebp\n"
        "    mov 32(%esp), %ebp\n"
        "    mov %ebx, 0(%ebp)\n    mov %ecx, 4(%ebp)\n    mov %edx, 8(%ebp)\n"
        "    mov %esi, 12(%ebp)\n    mov %edi, 16(%ebp)\n"
        "    pop %ecx\n"
        "    mov %ecx, 20(%ebp)\n"
        "    pop %ebp\n    pop %edi\n    pop %esi\n    pop %ebx\n"
        "    ret\n"
        ".size call_with_registers, . - call_with_registers\n");
#endif

// Fills every register with a pattern of its own: odd multiples, no two alike, both halves of each in use, none a valid descriptor, address or length.
static inline void fill_registers(reg *in)
{
    for (size_t i = 0; i < COUNT; i++)
        in[i] = (reg)(0x9e3779b97f4a7c15u * (2 * i + 1) | 0x8000000080000001u);
}

// Puts an argument of the call, from 0, in its register. Where the first one is no register that must be left alone, it is `first`.
static inline void set_argument(reg *in, reg *first, int index, reg value)
{
#if defined __x86_64__
    static const int places[] = {2, 3, 4, 7, 5, 6};
#elif defined __aarch64__
    static const int places[] = {-1, 0, 1, 2, 3, 4};
#elif defined __i386__
    static const int places[] = {0, 1, 2, 3, 4, 5};
#endif
    if (places[index] < 0)
        *first = value;
    else
        in[places[index]] = value;
}

// Makes the call with these registers and returns its result, -1 with errno for an error. `changed` gets the names of those that are others
// afterwards, as in " rbx r12".
static inline long compare_registers(long number, const reg *in, reg first, char *changed)
{
    reg out[COUNT] = {0};
    long result = call_with_registers(number, in, out, first);
    changed[0] = '\0';
    for (size_t i = 0; i < COUNT; i++) {
        if (in[i] != out[i]) {
            strcat(changed, " ");
            strcat(changed, names[i]);
        }
    }
    if (result >= 0 || result < -4095)
        return result;
    errno = (int)-result;
    return -1;
}

#endif
