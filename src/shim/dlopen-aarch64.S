/*
 * dlopen: takes RTLD_DEEPBIND out of the mode and jumps on. PHP loads its
 * extensions with that flag, which would hide all other hooks from them. A
 * jump, not a call: the loader reads the return address to know whose RUNPATH
 * and $ORIGIN count. Called by programs; calls ow_loader_resolve once.
 */
	.text
	.globl	dlopen
	.type	dlopen, %function
	.p2align 4
dlopen:
	.cfi_startproc
	hint	#34
	adrp	x16, ow_loader_next
	add	x16, x16, :lo12:ow_loader_next
	ldar	x17, [x16]
	cbz	x17, 1f
	adrp	x16, ow_loader_mask
	ldr	w16, [x16, :lo12:ow_loader_mask]
	and	w1, w1, w16
	br	x17
1:	stp	x29, x30, [sp, #-32]!
	.cfi_def_cfa_offset 32
	.cfi_offset 29, -32
	.cfi_offset 30, -24
	stp	x0, x1, [sp, #16]
	bl	ow_loader_resolve
	mov	x17, x0
	ldp	x0, x1, [sp, #16]
	ldp	x29, x30, [sp], #32
	.cfi_restore 30
	.cfi_restore 29
	.cfi_def_cfa_offset 0
	adrp	x16, ow_loader_mask
	ldr	w16, [x16, :lo12:ow_loader_mask]
	and	w1, w1, w16
	br	x17
	.cfi_endproc
	.size	dlopen, .-dlopen
	.section .note.GNU-stack,"",%progbits
	.section .note.gnu.property,"a"
	.p2align 3
	.long	4, 16, 5
	.asciz	"GNU"
	.long	0xc0000000, 4, 1, 0
