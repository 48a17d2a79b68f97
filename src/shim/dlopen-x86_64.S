/*
 * dlopen: takes RTLD_DEEPBIND out of the mode and jumps on. PHP loads its
 * extensions with that flag, which would hide all other hooks from them. A
 * jump, not a call: the loader reads the return address to know whose RUNPATH
 * and $ORIGIN count. Called by programs; calls ow_loader_resolve once.
 */
	.text
	.globl	dlopen
	.type	dlopen, @function
	.p2align 4
dlopen:
	.cfi_startproc
	endbr64
	movq	ow_loader_next(%rip), %rax
	testq	%rax, %rax
	jz	1f
	andl	ow_loader_mask(%rip), %esi
	jmp	*%rax
1:	pushq	%rdi
	.cfi_adjust_cfa_offset 8
	pushq	%rsi
	.cfi_adjust_cfa_offset 8
	subq	$8, %rsp
	.cfi_adjust_cfa_offset 8
	call	ow_loader_resolve
	addq	$8, %rsp
	.cfi_adjust_cfa_offset -8
	popq	%rsi
	.cfi_adjust_cfa_offset -8
	popq	%rdi
	.cfi_adjust_cfa_offset -8
	andl	ow_loader_mask(%rip), %esi
	jmp	*%rax
	.cfi_endproc
	.size	dlopen, .-dlopen
	.section .note.GNU-stack,"",@progbits
	.section .note.gnu.property,"a"
	.p2align 3
	.long	4, 16, 5
	.asciz	"GNU"
	.long	0xc0000002, 4, 3, 0
