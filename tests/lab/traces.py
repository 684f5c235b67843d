# SPDX-License-Identifier: GPL-2.0-or-later
# Why: each architecture prints its stack and registers in a way of its own; none of it may be taken for a report's line.
#
# What dump_stack() prints between the line of the CPU and Mem-Info, composed after arch/*/kernel/{traps,stacktrace,
# process,dumpstack}.c; numbers are made up. The second frame is dump_header.

X86_64 = """Call Trace:
 <TASK>
 dump_stack_lvl+0x4a/0x63
 dump_header+0x53/0x29f
 oom_kill_process.cold+0xb/0x10
 ? get_page_from_freelist+0x1b2/0x12a0
 asm_exc_page_fault+0x27/0x30
RIP: 0033:0x55d1f0a3c1b9
Code: Unable to access opcode bytes at 0x55d1f0a3c18f.
RSP: 002b:00007ffd3b2a9c50 EFLAGS: 00010206
RAX: 00007f3a5c000010 RBX: 0000000000000000 RCX: 00007f3b8e51a1f7
RDX: 0000000000001000 RSI: 0000000040001000 RDI: 0000000000000000
RBP: 00007ffd3b2a9c80 R08: 00000000ffffffff R09: 0000000000000000
R10: 0000000000000022 R11: 0000000000000246 R12: 000055d1f0a3c0a0
R13: 00007ffd3b2a9d90 R14: 0000000000000000 R15: 0000000000000000
 </TASK>"""

X86_64_OLD = """Call Trace:
 [<ffffffff816861ac>] dump_stack+0x19/0x1b
 [<ffffffff81681157>] dump_header+0x8e/0x225
 [<ffffffff81184cfe>] oom_kill_process+0x24e/0x3c0
 [<ffffffff8118479d>] ? find_lock_task_mm+0x5d/0x7c
 <IRQ>  [<ffffffff8108e8eb>] irq_exit+0x8b/0xc0
 <EOI>  [<ffffffff816978d8>] page_fault+0x28/0x30
RIP: 0010:[<ffffffff8132f0bc>]  [<ffffffff8132f0bc>] __clear_user+0x3c/0x70
RSP: 0018:ffff8800bb1f3d88  EFLAGS: 00010206
RAX: 0000000000000000 RBX: 0000000000000000 RCX: 0000000000000200
CS:  0010 DS: 0000 ES: 0000 CR0: 0000000080050033
CR2: 00007f54ac1d0000 CR3: 00000000bb1e6000 CR4: 00000000001406e0
Stack:
 ffff8800bb1f3d98 ffffffff8132f0bc 0000000000001000 ffff8800bb1f3e28
 0000000000000000 ffff8800bb1f3e08
Code: 0f 1f 44 00 00 31 c0 <f3> 48 ab 0f 1f 00 c3"""

I386 = """Call Trace:
 dump_stack_lvl+0x34/0x44
 dump_header+0x44/0x1d7
 oom_kill_process.cold+0xb/0x10
 ? security_capable_noaudit+0x36/0x40
 handle_exception+0x14a/0x14a
EIP: 0x4d1a3b
EAX: b7400010 EBX: 00000000 ECX: bfa31cf0 EDX: 00001000
ESI: b7f3d000 EDI: b7f3d000 EBP: bfa31d18 ESP: bfa31cd0
DS: 007b ES: 007b FS: 0000 GS: 0033 SS: 007b EFLAGS: 00010206
 DS: 007b ES: 007b FS: 00d8 GS: 00e0 SS: 0068
CR0: 80050033 CR2: b7400000 CR3: 0f1a3000 CR4: 00000690"""

ARM = """Backtrace: 
[<c010e5f8>] (dump_backtrace) from [<c010e8a8>] (show_stack+0x18/0x1c)
 r7:00000000 r6:60000013 r5:00000000 r4:c0c2a1d8
[<c010e890>] (dump_header) from [<c04a8b2c>] (dump_header+0x90/0xa4)
 r10:00000000 r9:c0b9c6e8 r8:00000000 r7:c1a7de28 r6:000201da r5:c1a7c000
 r4:00000000
[<c0213c10>] (oom_kill_process) from [<c02142ec>] (out_of_memory+0x2f8/0x36c)
Exception stack(0xc1a7dfb0 to 0xc1a7dff8)
dfa0:                                     b6d0a000 00000000 00000001 0000000a
dfc0: b6d0a000 0007a120 00000000 00000078 00000000 00000000 b6f5a000 be9e2b3c
dfe0: 00000000 be9e2a40 0001052c 00010550 60000010 ffffffff
 r9:10c5387d r8:10c5387d r7:ffffffff r6:60000010 r5:00010550 r4:0001052c"""

ARM_NEW = """ unwind_backtrace from show_stack+0x10/0x14
 show_stack from dump_header+0x54/0x1d8
 dump_header from oom_kill_process+0x1fc/0x20c
 __do_page_fault from do_DataAbort+0x38/0xb8
Exception stack(0xf0a45fb0 to 0xf0a45ff8)
5fa0:                                     b6d0a000 00000000 00000001 0000000a
5fc0: b6d0a000 0007a120 00000000 00000078 00000000 00000000 b6f5a000 be9e2b3c
5fe0: 00000000 be9e2a40 0001052c 00010550 60000010 ffffffff"""

ARM64 = """Call trace:
 dump_backtrace+0xe0/0x140
 dump_header+0x4c/0x214
 oom_kill_process+0x258/0x260
 el0t_64_sync_handler+0xa8/0xb4
pstate: 60400005 (nZCv daif +PAN -UAO -TCO -DIT -SSBS BTYPE=--)
pc : dump_header+0x4c/0x214
lr : dump_header+0x48/0x214
sp : ffff80008a3bbb20
x29: ffff80008a3bbb20 x28: ffff0000c4a10000 x27: 0000000000000000
x2 : 0000000000000000 x1 : ffff0000c4a10000 x0 : 0000000000000000"""

PPC64 = """Call Trace:
[c00000003f0b7a10] [c000000000b5a4f8] dump_stack_lvl+0x74/0xa8 (unreliable)
[c00000003f0b7a50] [c0000000003d5e7c] dump_header+0x64/0x2c4
[c00000003f0b7ad0] [c0000000003d5a04] oom_kill_process+0x344/0x350
[c00000003f0b7e10] [c0000000000089ec] data_access_common_virt+0x19c/0x1f0
--- interrupt: 300 at 0x7fff9d2b1d40
NIP:  00007fff9d2b1d40 LR: 0000000010000a44 CTR: 00007fff9d2b1c00
REGS: c00000003f0b7e80 TRAP: 0300   Not tainted  (5.14.0-427.el9.ppc64le)
MSR:  800000000280f033 <SF,VEC,VSX,EE,PR,FP,ME,IR,DR,RI,LE>  CR: 24004828  XER: 00000000
CFAR: 00007fff9d2b1d54 DAR: 00007ffe3c200000 DSISR: 42000000 IRQMASK: 0 
GPR00: 0000000010000a34 00007fffc9d6f0a0 0000000010027f00 00007ffe3c200000 
GPR04: 0000000000000000 0000000000010000 00007ffe3c20ff80 0000000000000000 
NIP [00007fff9d2b1d40] 0x7fff9d2b1d40
LR [0000000010000a44] 0x10000a44
--- interrupt: 300
Instruction dump:
f8c30008 f8c30010 f8c30018 <f8c30020> 38630040 4200ffec
XXXXXXXX 60000000 e9240000"""

S390 = """       00000000bb8b3878 00000000bb8b3888 0000000000000002 0000000000000000 
       00000000bb8b3918 00000000bb8b3890 00000000bb8b3890 0000000000112a72 
       000000000000000b 000000000000000a 00000000bb8b38e0 00000000bb8b3888 
Call Trace:
([<000000000011297a>] show_trace+0xe2/0xf0)
 [<00000000002b1c3e>] dump_header+0x8e/0x2a8 
 [<00000000002b21a6>] oom_kill_process+0x10e/0x4b8
 [<00000000008a3b0c>] pgm_check_handler+0x1cc/0x220 
Krnl PSW : 0704c00180000000 00000000002b1c3e (dump_header+0x8e/0x2a8)
           R:0 T:1 IO:1 EX:1 Key:0 M:1 W:0 P:0 AS:3 CC:0 PM:0 RI:0 EA:3
Krnl GPRS: 0000000000000000 00000000bb8b38f0 0000000000000001 0000000000000000
           0000000000112a72 0000000000000000 0000000000000000 0000000000000000
Krnl Code: 00000000002b1c2e: c0e5fff3b0a9\tbrasl\t%r14,127d80
           00000000002b1c34: a7f40001\t\tbrc\t15,2b1c36
          #00000000002b1c38: e31032b80024\tstg\t%r1,696(%r3)
          >00000000002b1c3e: a7180000\t\tlhi\t%r1,0
Last Breaking-Event-Address:
 [<00000000002b1c34>] dump_header+0x84/0x2a8"""

MIPS = """Stack : 00000000 800a4e54 00000000 00000000 00000000 00000000 00000000 00000000
        00000000 00000000 00000000 00000000 00000000 00000001 83a51b20 b4e2d3a1
        ...
Call Trace:
[<8000b6d4>] show_stack+0x54/0x88
[<800ab2c4>] dump_header+0x54/0x158
[<800ab4e8>] oom_kill_process+0xd8/0x394
[<8000a0c8>] ret_from_exception+0x0/0x20
$ 0   : 00000000 00000001 00000000 77e5a000
$ 4   : 77e5a000 00000000 00001000 00000000
Hi    : 00000000
Lo    : 00000b60
epc   : 00400a3c 0x400a3c
ra    : 00400a1c 0x400a1c
Status: 0100fc13\tUSER EXL IE 
Cause : 0080000c (ExcCode 03)
BadVA : 77e5a000
PrId  : 00019374 (MIPS 24Kc)"""

RISCV = """Call Trace:
[<ffffffff80005a1e>] dump_backtrace+0x1c/0x24
[<ffffffff806cf4fa>] dump_header+0x4a/0x1c4
[<ffffffff8012e7d8>] oom_kill_process+0x1a8/0x2a6
[<ffffffff80003c32>] ret_from_exception+0x0/0x12
epc : 0000003f8a3e1c5e ra : 0000000000010a74 sp : 0000003fffb3ea90
 gp : 0000000000012800 tp : 0000003f8a4a7780 t0 : 0000000000000009
 t1 : 0000003f8a3d9c2e t2 : 0000000000000000 s0 : 0000003fffb3eb00
 s1 : 0000000000010b30 a0 : 0000003f49c00000 a1 : 0000000000000000
 s11: 0000000000000000 t3 : 0000003f8a3e1c1c t4 : 0000000000000000
status: 0000000200004020 badaddr: 0000003f49c00000 cause: 000000000000000f"""

IA64 = """
Call Trace:
 [<a000000100013b40>] show_stack+0x40/0xa0
                                sp=e00000012f3f7a50 bsp=e00000012f3f1248
 [<a0000001000143e0>] dump_header+0x30/0x60
                                sp=e00000012f3f7c20 bsp=e00000012f3f1230
 [<a00000010000b800>] ia64_leave_kernel+0x0/0x280
                                sp=e00000012f3f7e20 bsp=e00000012f3f1150
 [<a000000000010640>] __kernel_syscall_via_break+0x0/0x20
                                sp=e00000012f3f8000 bsp=e00000012f3f1150
psr : 00001013081a6018 ifs : 8000000000000206 ip  : [<2000000000123a40>]    Not tainted
unat: 0000000000000000 pfs : 0000000000000206 rsc : 000000000000000f
b0  : 4000000000000a10 b6  : 2000000000123a00 b7  : a00000010000b800
f6  : 1003e0000000000000000 f7  : 1003e0000000000001000"""

SPARC64 = """Call Trace:
 [00000000004b2c88] dump_stack+0x8/0x20
 [00000000004b2e8c] dump_header+0x2c/0x180
 [00000000004b34a4] oom_kill_process+0x64/0x2c0
 [0000000000407df0] sparc64_realfault_common+0x10/0x20
TSTATE: 0000004411001606 TPC: 00000000004b2c88 TNPC: 00000000004b2c8c Y: 00000000    Not tainted
TPC: <dump_header+0x2c/0x180>
g0: 0000000000000000 g1: 0000000000000001 g2: 0000000000000000 g3: 0000000000845000
o4: 0000000000000000 o5: 0000000000000000 sp: fffff8007a3f2d11 ret_pc: 00000000004b2c84
RPC: <dump_header+0x28/0x180>
l0: fffff8007e3a0e00 l1: 00000000000201da l2: 0000000000000000 l3: 0000000000000000
i4: 0000000000000000 i5: 0000000000000000 i6: fffff8007a3f2dc1 i7: 00000000004b34a4
I7: <oom_kill_process+0x64/0x2c0>"""

LOONGARCH = """Stack : 900000000174f000 0000000000000000 9000000000223b24 9000000106a84000
        9000000106a87a40 9000000106a87a48 0000000000000000 9000000106a87b88
        ...
Call Trace:
[<9000000000223b24>] show_stack+0x5c/0x180
[<9000000001289d10>] dump_header+0x54/0x1a4
[<90000000003b5a98>] oom_kill_process+0x270/0x288
[<900000000128f9f4>] do_page_fault+0x3f4/0x630
 ra: 0000000120000a7c 0x120000a7c
   ERA: 0000000120000a90 0x120000a90
 CRMD: 000000b0 (PLV0 -IE -DA +PG DACF=CC DACM=CC -WE)
 PRMD: 00000007 (PPLV3 +PIE -PWE)
 EUEN: 00000003 (+FPE +SXE -ASXE -BTE)
 ECFG: 00071c1d (LIE=0,2-4,10-12 VS=7)
ESTAT: 00020000 [PIS] (IS= ECode=2 EsubCode=0)
 BADV: 00007fffe3a00000
 PRID: 0014c010 (Loongson-64bit, Loongson-3A5000)"""

UM = """Stack:
 00000000 6ad13a40 60353a9c 6ad13a50
 603b4f2e 6ad13ab0 60348c07 00000000
Call Trace:
 [<603b4f2e>] show_stack+0x13b/0x155
 [<60348c07>] ? dump_header+0x6c/0x1b0
 [<600b8f2a>] ? oom_kill_process+0x6a/0x330
 [<6001b9e3>] ? userspace+0x1f3/0x4b0"""

ALPHA = """fffffc003e0b7b48 0000000000000000 fffffc0000385c0c fffffc003e0b4000 
Trace:
[<fffffc0000385c0c>] dump_stack+0x2c/0x1a0
[<fffffc0000385f24>] dump_header+0x84/0x300
[<fffffc0000311c64>] ret_from_reschedule+0x0/0x10
pc = [<000000012000a7c8>]  ra = [<000000012000a7a0>]  ps = 0008    Not tainted
v0 = 0000000000000001  t0 = 0000000000000000  t1 = 0000000000000000
t2 = 0000000000000000  t3 = 0000000000000001  t4 = 0000000000000000
gp = fffffc0000a1b2c8  sp = fffffc003e0b7b48"""

PARISC = """Backtrace:
 [<000000004019f1d8>] show_stack+0x20/0x38
 [<00000000402b1a5c>] dump_header+0x74/0x240
 [<00000000402b2110>] oom_kill_process+0x118/0x3a8

     YZrvWESTHLNXBCVMcbcbcbcbOGFRQPDI
PSW: 00001000000001101111111100001111 Not tainted
r00-03  000000ff0806ff0f 0000000000abc123 00000000402b1a5c 000000007f3a0b40
r04-07  0000000040800000 0000000000000000 00000000000201da 0000000000000000
sr00-03  0000000000000000 0000000000000000 0000000000000000 00000000000a1000
IASQ: 0000000000000000 0000000000000000 IAOQ: 00000000402b1a5c 00000000402b1a60
 IIR: 0ff0109c    ISR: 0000000000000000  IOR: 0000000000000000
 CPU:        0   CR30: 000000007f3a0000 CR31: 11111111aaaaaaaa
 ORIG_R28: 0000000000000000
 RP(r2): dump_header+0x74/0x240"""

SH = """Stack: (0x8f1b7d40 to 0x8f1b8000)
7d40: 8c0046fc 8f1b7d5c 00000000 8c2a1d8c 8f1b7d70 000201da 00000000 8c0b5a10 
7d60: 00000000 8f1b7d84
Call trace:
 [<8c0046fc>] dump_stack+0x10/0x20
 [<8c0b5a10>] dump_header+0x54/0x150
 [<8c0b5d2e>] oom_kill_process+0x8a/0x2c8
PC is at dump_header+0x54/0x150
PC  : 8c0b5a10 SP  : 8f1b7d40 SR  : 40008000 TEA : 295a6004
R0  : 00000000 R1  : 8c2a1d8c R2  : 00000001 R3  : 00000000
MACH: 00000004 MACL: 00000010 GBR : 295a5440 PR  : 8c0b5d2e"""

M68K = """Stack from 00a51c8c:
        00a51c8c 00318f24 00000000 000201da 00000000 00a51d10 0006f2a4 00318f24
        00a51cf4 000024d2
Call Trace: [<000024d2>] show_stack+0x62/0x70
 [<0006f2a4>] dump_header+0x4a/0x130
 [<0006f4f0>] oom_kill_process+0x5c/0x22a
PC: [<0006f2a4>] dump_header+0x4a/0x130
SR: 2004  SP: 00a51c8c  a2: 00a3f000
d0: 00000000    d1: 00000001    d2: 000201da    d3: 00000000
d4: 00000000    d5: 00000000    a0: 00318f24    a1: 00a51cf4
Process hog (pid: 4711, task=00a3f000)
Frame format=7 eff addr=00a51c8c ssw=0505 faddr=00a51c8c
wb 1 stat/addr/data: 0000 00000000 00000000"""

XTENSA = """Stack:
> 00000100 00000000 3dbfbc00 423b8f69
  423b8f69 3d87d11b 3dbfc000 3d8850a4
Call Trace:
 [<d000b1c2>] show_stack+0x2e/0x34
 [<d007a5e4>] dump_header+0x38/0x150
 [<d007a97c>] oom_kill_process+0x88/0x280
a00: 90003a14 d7c3fd60 00000000 00000001  a04: 000201da 00000000 d02a5c00 00000000
pc: d007a5e4, ps: 00060310, depc: 00000008, excvaddr: 2000a000
lbeg: d000a1c0, lend: d000a1cb lcount: 00000000, sar: 0000001f"""

ARC = """
Stack Trace:
  arc_unwind_core.constprop.1+0x94/0x10c
  dump_header+0x4a/0x13c
  oom_kill_process+0x6c/0x2a0
  EV_SWI+0x11c/0x11c
[ECR   ]: 0x00050100 => Invalid Read @ 0x2004a000 by insn @ 0x00010a3c
[EFA   ]: 0x2004a000
[BLINK ]: 0x00010a20
[STAT32]: 0x80080882 : IE K     
BTA: 0x00010a3c\t SP: 0x5fa3bd40\t FP: 0x00000000
LPS: 0x20031c04\tLPE: 0x20031c08\tLPC: 0x00000000
r00: 0x2004a000\tr01: 0x00000000\tr02: 0x00001000\t"""

# Name, the kernel, what the machine calls itself, the trace.
ALL = (("x86-64", (6, 1), "Dell Inc. PowerEdge R640/0H28RR, BIOS 2.19.1 06/04/2023", X86_64),
       ("x86-64-old", (3, 12), "Red Hat KVM, BIOS 0.5.1 01/01/2011", X86_64_OLD),
       ("i386", (5, 11), "QEMU Standard PC (i440FX + PIIX, 1996), BIOS 1.16.2-1 04/01/2014", I386),
       ("arm", (4, 4), "BCM2835", ARM), ("arm-new", (6, 1), "BCM2835", ARM_NEW),
       ("arm64", (5, 15), "Raspberry Pi 4 Model B Rev 1.4 (DT)", ARM64),
       ("ppc64", (5, 15), "IBM,9009-42A POWER9 (raw) 0x4e0202 0xf000005 of:IBM,FW950.70 (VL950_119) hv:phyp pSeries", PPC64),
       ("s390", (4, 4), "IBM 2964 N96 702 (z/VM 6.4.0)", S390), ("mips", (4, 9), None, MIPS),
       ("riscv", (5, 15), "SiFive HiFive Unmatched A00 (DT)", RISCV), ("ia64", (2, 6, 32), None, IA64),
       ("sparc64", (3, 2), None, SPARC64),
       ("loongarch", (6, 6), "Loongson Loongson-3A5000-7A1000-1w-CRB/Loongson-LS3A5000-7A1000-1w-CRB, BIOS vUDK2018", LOONGARCH),
       ("um", (4, 19), None, UM), ("alpha", (3, 2), None, ALPHA), ("parisc", (4, 19), "9000/785/C8000", PARISC),
       ("sh", (3, 12), None, SH), ("m68k", (4, 4), None, M68K), ("xtensa", (4, 4), None, XTENSA),
       ("arc", (5, 4), None, ARC))
