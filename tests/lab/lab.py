# SPDX-License-Identifier: GPL-2.0-or-later
# Why: boots each kernel for each scenario, checks that the log shows what was meant, and keeps it as a fixture.

import argparse
import concurrent.futures
import fcntl
import glob
import hashlib
import io
import lzma
import os
import re
import shutil
import signal
import struct
import subprocess
import sys
import tarfile
import threading
import time

LAB = os.path.dirname(os.path.abspath(__file__))
FIXTURES = os.path.join(os.path.dirname(LAB), "fixtures")
CACHE = os.path.join(LAB, "cache")

# A kernel: how its packages are named (a pattern, the newest wins), and whose machine it runs on.
KERNELS = {
    "6.1": {"image": r"linux-image-(6\.1\.0-\d+)-cloud-amd64", "flavour": "cloud-amd64", "arch": "amd64"},
    "6.12": {"image": r"linux-image-(6\.12\.\d+\+deb12)-cloud-amd64", "flavour": "cloud-amd64", "arch": "amd64"},
    "6.1-rt": {"image": r"linux-image-(6\.1\.0-\d+)-rt-amd64", "flavour": "rt-amd64", "arch": "amd64"},
    "6.12-rt": {"image": r"linux-image-(6\.12\.\d+\+deb12)-rt-amd64", "flavour": "rt-amd64", "arch": "amd64"},
    "6.1-686": {"image": r"linux-image-(6\.1\.0-\d+)-686-pae", "flavour": "686-pae", "arch": "i386"},
    # Of a later Debian, to see what newer kernels print. It goes on: when the suite has another series, the fixtures stay.
    "7.3": {"image": r"linux-image-(7\.3\.\d+\+deb13)-cloud-amd64", "flavour": "cloud-amd64", "arch": "amd64",
            "suite": "trixie-backports", "parts": ["linux-binary-", "linux-modules-"]},
    "6.1-arm64": {"image": r"linux-image-(6\.1\.0-\d+)-arm64", "flavour": "arm64", "arch": "arm64"},
}
# Those that every scenario runs on unless it says otherwise.
USUAL = "6.1 6.12"

# What a machine is to QEMU, to the compiler and to the kernel's own build. `packages` is what a user must install.
ARCHES = {
    "amd64": {"qemu": ["qemu-system-x86_64", "-M", "pc"], "gcc": "gcc", "make": [], "boot": "vmlinux",
              "console": "ttyS0", "carry": "ttyS1", "packages": ""},
    "i386": {"qemu": ["qemu-system-i386", "-M", "pc"], "gcc": "i686-linux-gnu-gcc", "boot": "vmlinux",
             "make": ["ARCH=i386", "CROSS_COMPILE=i686-linux-gnu-"], "console": "ttyS0", "carry": "ttyS1",
             "packages": "gcc-i686-linux-gnu libc6-dev-i386-cross"},
    "arm64": {"qemu": ["qemu-system-aarch64", "-M", "virt", "-cpu", "cortex-a57"], "gcc": "aarch64-linux-gnu-gcc",
              "make": ["ARCH=arm64", "CROSS_COMPILE=aarch64-linux-gnu-"], "boot": "Image",
              "console": "ttyAMA0", "carry": "ttyS0",
              "packages": "qemu-system-arm gcc-aarch64-linux-gnu libc6-dev-arm64-cross"},
}

DEFAULTS = {
    "kind": "oom", "events": "1", "second": "-", "outcome": "killed", "constraint": "none",
    "victim": "hog", "page_size_bytes": "4096", "order": "0",
}
ORDER = ["what", "origin", "scenario", "kernel", "events", "kind", "cause", "second", "outcome", "constraint",
         "victim", "victim_pid", "filler", "reclaim", "victim_finding", "usage_bytes", "limit_bytes",
         "oom_memcg", "task_memcg", "page_size_bytes", "order"]
LARGE = 200 * 1000


class Trouble(Exception):
    """Something did not go as meant; the text says what."""


def tell(text):
    with tell.lock:
        print(text, flush=True)


tell.lock = threading.Lock()


# ---- scenarios -------------------------------------------------------------------------------------------------

class Scenario:
    """One file of scenarios/: `key: value` lines, `truth [KERNEL...]:` blocks, and `guest:` with the rest."""

    def __init__(self, name):
        self.name = name
        self.keys, self.truths, self.guest = {}, [], ""
        self.shows, self.nevers = [], []
        block = None
        with open(os.path.join(LAB, "scenarios", name), encoding="utf-8") as f:
            self.text = f.read()
        lines = self.text.split("\n")
        for number, line in enumerate(lines):
            if line == "guest:":
                self.guest = "\n".join(lines[number + 1:])
                break
            if not line.strip() or line.startswith("#"):
                continue
            if line.startswith("truth"):
                block = {}
                self.truths.append((line[len("truth"):].rstrip(":").split(), block))
            elif line.startswith(" "):
                key, _, value = line.strip().partition(" ")
                block[key] = value.strip()
            else:
                key, _, value = line.partition(":")
                key, value = key.strip(), value.strip()
                if key == "show":
                    self.shows.append(value)
                elif key == "never":
                    self.nevers.append(value)
                else:
                    self.keys[key] = value

    def truth(self, kernel):
        merged = dict(DEFAULTS)
        for kernels, block in self.truths:
            if not kernels or kernel in kernels:
                merged.update(block)
        merged["what"] = merged.get("what", self.keys["what"])
        return merged

    def kernels(self):
        return self.keys.get("kernels", USUAL + " " + self.keys.get("also", "")).split()


def scenarios():
    return [Scenario(n) for n in sorted(os.listdir(os.path.join(LAB, "scenarios")))]


# ---- kernels ---------------------------------------------------------------------------------------------------

def output_of(*command, **kw):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, **kw).stdout.decode()


def numbers(text):
    return [int(n) for n in re.findall(r"\d+", text)]


def apt(arch, suite=""):
    """Options for apt: another machine's packages, and another suite's, are listed in the cache, and the system's apt is
    left as it is."""
    if arch == "amd64" and not suite:
        return []
    where = os.path.join(CACHE, "apt" + ("-" + suite if suite else ""))
    options = ["-o", f"Dir::State::Lists={where}/lists", "-o", f"Dir::Cache={where}/cache"]
    for name in ("amd64", "i386", "arm64") if not suite else ("amd64",):
        options += ["-o", f"APT::Architectures::={name}"]
    if suite:
        os.makedirs(where, exist_ok=True)
        with open(os.path.join(where, "sources.list"), "w", encoding="utf-8") as f:
            f.write("deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] "
                    f"http://deb.debian.org/debian {suite} main\n")
        options += ["-o", f"Dir::Etc::sourcelist={where}/sources.list", "-o", "Dir::Etc::sourceparts=/dev/null"]
    stamp = os.path.join(where, "listed")
    if not os.path.exists(stamp):
        for folder in ("lists/partial", "cache/archives/partial"):
            os.makedirs(os.path.join(where, folder), exist_ok=True)
        # One list that fails is no reason to do without the others.
        subprocess.run(["apt-get", "-q", *options, "update"], check=False, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)
        open(stamp, "w", encoding="utf-8").close()
    return options


def package(pattern, arch, suite=""):
    """The newest package that matches and is there for that machine; its name and the version in it."""
    found = []
    for line in set(output_of("apt-cache", *apt(arch, suite), "pkgnames", "linux-image-").split("\n")):
        m = re.fullmatch(pattern, line)
        if m:
            found.append((numbers(line), line, m.group(1)))
    for _, name, version in sorted(found, reverse=True):
        if arch == "amd64" or "Version:" in output_of("apt-cache", *apt(arch), "show", f"{name}:{arch}",
                                                      stderr=subprocess.DEVNULL):
            return name, version
    raise Trouble(f"no package matches {pattern}: is apt's list of packages there (apt-get update)?")


def fetch(names, arch, suite=""):
    where = os.path.join(CACHE, "debs")
    os.makedirs(where, exist_ok=True)

    def there(name):
        ends = (f"_{arch}.deb", "_all.deb", "_amd64.deb") if name.startswith("linux-kbuild") else (f"_{arch}.deb", "_all.deb")
        return [os.path.join(where, d) for d in os.listdir(where) if d.startswith(name + "_") and d.endswith(ends)]

    for name in names:
        if not there(name):
            tell(f"fetching {name}")
            foreign = arch != "amd64" and not name.endswith("-common") and not name.startswith("linux-kbuild")
            subprocess.run(["apt-get", "-q", *apt(arch, suite), "download", name + (":" + arch if foreign else "")],
                           cwd=where, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return [there(name)[0] for name in names]


def extract_vmlinux(bzimage):
    """A bzImage unpacks itself slowly under emulation: the ELF image inside boots in seconds."""
    with open(bzimage, "rb") as f:
        image = f.read()
    start = (image[0x1F1] + 1) * 512 + struct.unpack_from("<I", image, 0x248)[0]
    payload = image[start:start + struct.unpack_from("<I", image, 0x24C)[0]]
    for magic, tool in ((b"\x28\xb5\x2f\xfd", "zstd"), (b"\xfd7zXZ", "xz"), (b"\x02\x21\x4c\x18", "lz4")):
        if payload.startswith(magic):
            return subprocess.run([tool, "-dc"], input=payload, stdout=subprocess.PIPE,
                                  stderr=subprocess.DEVNULL, check=False).stdout
    raise Trouble(f"{bzimage}: compressed in a way that is not known here")


building = threading.Lock()


class Kernel:
    def __init__(self, key):
        self.key, self.how = key, KERNELS[key]
        self.arch = self.how["arch"]
        self.machine = ARCHES[self.arch]
        self.base = os.path.join(CACHE, key)
        self.image = os.path.join(self.base, self.machine["boot"])

    def prepare(self):
        stamp = os.path.join(self.base, "release")
        if not os.path.exists(stamp):
            for tool in (self.machine["qemu"][0], self.machine["gcc"]):
                if not shutil.which(tool):
                    raise Trouble(f"{tool} is missing: apt-get install {self.machine['packages']}")
            suite = self.how.get("suite", "")
            name, version = package(self.how["image"], self.arch, suite)
            release = f"{version}-{self.how['flavour']}"
            # 7.x: the image is a package of dependencies.
            parts = [part + release for part in self.how.get("parts", [])] or [name]
            debs = fetch(parts, self.arch, suite)
            tree = os.path.join(self.base, "tree")
            shutil.rmtree(tree, ignore_errors=True)
            os.makedirs(tree)
            for deb in debs:
                subprocess.run(["dpkg-deb", "-x", deb, tree], check=True)
            if not os.path.exists(os.path.join(tree, "lib")):
                os.symlink("usr/lib", os.path.join(tree, "lib"))
            packed = os.path.join(tree, "boot", "vmlinuz-" + release)
            if not os.path.exists(packed):
                packed = os.path.join(tree, "lib", "modules", release, "vmlinuz")
            with open(self.image, "wb") as f:
                f.write(extract_vmlinux(packed) if self.machine["boot"] == "vmlinux" else read(packed))
            subprocess.run(["depmod", "-b", tree, release], check=False)
            with open(stamp, "w", encoding="utf-8") as f:
                f.write(release)
        with open(stamp, encoding="utf-8") as f:
            self.release = f.read()
        self.modules = os.path.join(self.base, "tree", "lib", "modules", self.release)
        self.depends = {}
        with open(os.path.join(self.modules, "modules.dep"), encoding="utf-8") as f:
            for line in f:
                path, _, needs = line.partition(":")
                self.depends[module_name(path)] = (path, [module_name(n) for n in needs.split()])

    def lab_module(self):
        """Our own module, built against this kernel's headers, which are unpacked and not installed."""
        where = os.path.join(self.base, "module")
        built, source = os.path.join(where, "lab.ko"), os.path.join(LAB, "module")
        with building:
            if os.path.exists(built) and os.path.getmtime(built) > os.path.getmtime(os.path.join(source, "lab.c")):
                return read(built)
            tree = os.path.join(self.base, "headers")
            version = self.release.removesuffix("-" + self.how["flavour"])
            series = version if "deb12" in version else version.rsplit(".", 1)[0]
            headers = os.path.join(tree, "usr", "src", "linux-headers-" + self.release)
            if not os.path.exists(headers):
                common = "-common-rt" if self.how["flavour"].startswith("rt-") else "-common"
                for deb in fetch(["linux-headers-" + self.release, f"linux-headers-{version}{common}",
                                  "linux-kbuild-" + series], self.arch):
                    os.makedirs(tree, exist_ok=True)
                    subprocess.run(["dpkg-deb", "-x", deb, tree], check=True)
                path = os.path.join(headers, "Makefile")
                text = read(path).replace(b"/usr/src/", os.path.join(tree, "usr", "src", "").encode())
                with open(path, "wb") as f:
                    f.write(text)
            shutil.rmtree(where, ignore_errors=True)
            shutil.copytree(source, where)
            made = subprocess.run(["make", "-C", headers, "M=" + where, "CONFIG_DEBUG_INFO_BTF_MODULES=",
                                   *self.machine["make"], "modules"],
                                  check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            if made.returncode:
                raise Trouble("the module does not build: " + made.stdout.decode()[-1500:])
            return read(built)

    def module_files(self, wanted):
        """The wanted modules and what they need, in the order in which they load."""
        order = []

        def add(name):
            if name not in self.depends:
                return  # built in
            for need in self.depends[name][1]:
                add(need)
            if name not in order:
                order.append(name)

        for name in wanted:
            add(name)
        files = []
        if "lab" in wanted:
            files.append(("mod/99-lab.ko", self.lab_module()))
        for number, name in enumerate(order):
            path = os.path.join(self.modules, self.depends[name][0])
            with open(path, "rb") as f:
                body = f.read()
            if path.endswith(".xz"):
                body = lzma.decompress(body)
            files.append((f"mod/{number:02d}-{name}.ko", body))
        return files


def module_name(path):
    return os.path.basename(path).split(".ko")[0].replace("-", "_")


# ---- the guest -------------------------------------------------------------------------------------------------

def cpio(files):
    """An archive in the newc form, which the kernel unpacks as its first root."""
    out = io.BytesIO()

    def entry(name, mode, body=b"", dev=(0, 0)):
        raw = name.encode() + b"\0"
        head = [entry.inode, mode, 0, 0, 1, 0, len(body), 0, 0, dev[0], dev[1], len(raw), 0]
        entry.inode += 1
        out.write(b"070701" + b"".join(b"%08X" % n for n in head) + raw)
        out.write(b"\0" * (-out.tell() % 4) + body)
        out.write(b"\0" * (-out.tell() % 4))

    entry.inode = 1
    seen = set()
    for name, body, mode in files:
        parts = name.split("/")[:-1]
        for depth in range(1, len(parts) + 1):
            folder = "/".join(parts[:depth])
            if folder not in seen:
                seen.add(folder)
                entry(folder, 0o40755)
        entry(name, 0o100000 | mode, body)
    for folder in ("proc", "sys", "dev"):
        entry(folder, 0o40755)
    entry("dev/console", 0o20600, b"", (5, 1))
    entry("TRAILER!!!", 0)
    return out.getvalue()


def read(path):
    with open(path, "rb") as f:
        return f.read()


def build_provoke(arch):
    binary, source = os.path.join(CACHE, "provoke-" + arch), os.path.join(LAB, "provoke.c")
    with building:
        if not os.path.exists(binary) or os.path.getmtime(binary) < os.path.getmtime(source):
            subprocess.run([ARCHES[arch]["gcc"], "-O2", "-Wall", "-Wextra", "-static", "-pthread", "-o", binary, source],
                           check=True)
    return binary


def busybox(arch):
    if arch == "amd64":
        return "/bin/busybox"
    where = os.path.join(CACHE, "busybox-" + arch)
    with building:
        if not os.path.exists(where):
            (deb,) = fetch(["busybox-static"], arch)
            subprocess.run(["dpkg-deb", "-x", deb, where], check=True)
    return os.path.join(where, "bin", "busybox")


def oomwhy_files():
    """Our own program as it is built now, with the libraries that it needs; only a guest of this machine's kind."""
    binary = os.path.join(os.path.dirname(os.path.dirname(LAB)), "oomwhy")
    if not os.path.exists(binary):
        raise Trouble("oomwhy is not built: make")
    needs = re.findall(r"(/\S+) \(0x", output_of("ldd", binary))
    needs.append("/lib/terminfo/v/vt100")
    return [("bin/oomwhy", read(binary), 0o755)] + [(path.lstrip("/"), read(path), 0o755) for path in needs]


def daemon_files(names):
    """Debian's own daemons for a guest that has no Debian: their programs and the libraries that these load."""
    files, wanted = [], []
    for name in names:
        where = os.path.join(CACHE, "daemons", name)
        with building:
            if not os.path.exists(where):
                (deb,) = fetch([name], "amd64")
                os.makedirs(where)
                subprocess.run(["dpkg-deb", "-x", deb, where], check=True)
        for folder in ("usr/bin", "lib/systemd"):
            for program in sorted(glob.glob(os.path.join(where, folder, "*"))):
                if os.access(program, os.X_OK) and os.path.isfile(program):
                    files.append(("bin/" + os.path.basename(program), read(program), 0o755))
                    wanted.append(program)
    helper = os.path.join(CACHE, "oomd-manager")
    with building:
        subprocess.run([ARCHES["amd64"]["gcc"], "-O2", "-Wall", "-Wextra", "-static", "-o", helper,
                        os.path.join(LAB, "oomd-manager.c")], check=True)
    files.append(("bin/oomd-manager", read(helper), 0o755))
    libraries = set()
    for program in wanted:
        told = subprocess.run(["ldd", program], check=False, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout.decode()
        if "not found" in told:
            raise Trouble(f"{os.path.basename(program)} needs libraries that this machine lacks: {told.strip()}")
        libraries |= set(re.findall(r"(/\S+) \(0x", told))
    return files + [(path.lstrip("/"), read(path), 0o755) for path in sorted(libraries)]


def bytes_of(text):
    unit = {"K": 1 << 10, "M": 1 << 20, "G": 1 << 30}
    return int(text[:-1]) * unit[text[-1]] if text[-1] in unit else int(text)


def build_disk(size):
    """An ext4 image with files of real bytes, to be a server's root disk."""
    path = os.path.join(CACHE, f"disk-{size}.img")
    with build_disk.lock:
        if not os.path.exists(path):
            tree = os.path.join(CACHE, "disk-tree")
            shutil.rmtree(tree, ignore_errors=True)
            os.makedirs(os.path.join(tree, "lib"))
            left = bytes_of(size) * 85 // 100
            number = 0
            while left > 0:
                with open(os.path.join(tree, "lib", f"lib{number:02d}.so"), "wb") as f:
                    f.write(os.urandom(min(left, 16 << 20)))
                left -= 16 << 20
                number += 1
            subprocess.run(["mke2fs", "-q", "-t", "ext4", "-d", tree, path + ".new", size], check=True)
            os.rename(path + ".new", path)
            shutil.rmtree(tree)
    return path


build_disk.lock = threading.Lock()


def read_slowly(fifo, target, rate):
    """A serial line: so many bytes a second, and next to no buffer."""
    with open(fifo, "rb", buffering=0) as line, open(target, "wb", buffering=0) as out:
        fcntl.fcntl(line, 1031, 4096)  # F_SETPIPE_SZ, which older Pythons have no name for
        while chunk := line.read(max(1, rate // 500)):
            out.write(chunk)
            time.sleep(0.002)


def boot(kernel, scenario, where):
    """Boots once. Returns the console's bytes and the second serial line's."""
    keys = scenario.keys
    conf, modules, qemu = [], keys.get("modules", "").split(), []
    drives = []
    if "disk" in keys:
        image = os.path.join(where, "disk.img")
        shutil.copyfile(build_disk(keys["disk"]), image)
        drives.append(("DISK", image))
    if "swap" in keys:
        image = os.path.join(where, "swap.img")
        with open(image, "wb") as f:
            f.truncate(bytes_of(keys["swap"]))
        drives.append(("SWAP", image))
    for number, (variable, image) in enumerate(drives):
        conf.append(f"{variable}=/dev/vd{'ab'[number]}")
        limit = keys.get("throttle " + variable.lower(), "")
        qemu += ["-drive", f"file={image},format=raw,if=virtio,cache=unsafe" + ("," + limit if limit else "")]
        modules += ["virtio_pci", "virtio_blk", "ext4"]
    for key in ("console", "crowd", "kmsg", "v1", "watch"):
        if key in keys:
            conf.append(f"{key.upper()}={keys[key]}")
    conf += [f"KERNEL={kernel.key}", f"CARRY=/dev/{kernel.machine['carry']}"]

    files = [("init", read(os.path.join(LAB, "guest", "init")), 0o755),
             ("words", read(os.path.join(LAB, "guest", "words")), 0o644),
             ("conf", ("\n".join(conf) + "\n").encode(), 0o644),
             ("guest", scenario.guest.encode(), 0o644),
             ("bin/busybox", read(busybox(kernel.arch)), 0o755),
             ("bin/provoke", read(build_provoke(kernel.arch)), 0o755)]
    files += [(name, body, 0o644) for name, body in kernel.module_files(modules)]
    if "oomwhy" in keys.get("tools", "").split():
        files += oomwhy_files()
    files += daemon_files(keys.get("daemons", "").split()) if "daemons" in keys else []
    initrd = os.path.join(where, "initrd")
    with open(initrd, "wb") as f:
        f.write(cpio(files))

    slow = os.path.join(where, "slow") if "slow" in keys else ""
    append = f"console={kernel.machine['console']} quiet mitigations=off tsc=reliable random.trust_cpu=on panic=1 "
    append += f"log_buf_len={keys.get('logbuf', '1M')} "
    append += keys.get("append", "")
    command = [*kernel.machine["qemu"], "-accel", os.environ.get("LAB_ACCEL", "tcg"),
               "-nodefaults", "-no-reboot", "-display", "none",
               "-kernel", kernel.image, "-initrd", initrd, "-append", append,
               "-serial", "pipe:" + slow if slow else "file:" + os.path.join(where, "console")]
    carried = os.path.join(where, "carried")
    if kernel.arch == "arm64":  # its board has one serial line of its own
        command += ["-chardev", f"file,id=carried,path={carried}", "-device", "pci-serial,chardev=carried"]
    else:
        command += ["-serial", "file:" + carried]
    nodes = keys.get("numa", "").split()
    if nodes:
        command += ["-m", str(sum(bytes_of(n) for n in nodes) >> 20) + "M", "-smp", str(len(nodes))]
        for number, size in enumerate(nodes):
            command += ["-object", f"memory-backend-ram,id=m{number},size={size}",
                        "-numa", f"node,nodeid={number},memdev=m{number},cpus={number}"]
    else:
        command += ["-m", keys.get("memory", "256M"), "-smp", keys.get("cpus", "1")]
    command += qemu + keys.get("qemu", "").split()

    with open(os.path.join(where, "qemu"), "wb") as errors:
        if "monitor" in keys:
            command += ["-monitor", "stdio"]
        if slow:
            os.mkfifo(slow + ".in")
            os.mkfifo(slow + ".out")
            threading.Thread(target=read_slowly, args=(slow + ".out", os.path.join(where, "console"),
                                                       int(keys["slow"])), daemon=True).start()
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=errors, stderr=errors)
        try:
            if "monitor" in keys:
                process.stdin.write(keys["monitor"].encode() + b"\n")
                process.stdin.flush()
            process.wait(timeout=float(keys.get("timeout", "120")))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise Trouble("the guest hung")
        finally:
            for _, image in drives:
                if os.path.exists(image):
                    os.unlink(image)
            os.unlink(initrd)
    if process.returncode:
        raise Trouble(f"qemu ended with {process.returncode}: {read(os.path.join(where, 'qemu')).decode()[-300:]}")
    return read(os.path.join(where, "console")), read(carried)


def take(scenario, console, carried):
    """What the guest carried out: files by name."""
    if "console" not in scenario.keys:
        if not carried:
            raise Trouble("the guest carried nothing out; its console ends: " + console[-500:].decode("utf-8", "replace"))
        files = {}
        with tarfile.open(fileobj=io.BytesIO(carried)) as tar:
            for member in tar:
                if member.isfile():
                    files[member.name.removeprefix("./")] = tar.extractfile(member).read()
        return files
    # The guest died: only the console has the text.
    text = console.replace(b"\r\n", b"\n")
    files = {"did": b"", "log": text.partition(b"LAB-LOG\n")[2]}
    files["log"] = b"".join(line for line in files["log"].splitlines(True) if re.match(rb"\[ *\d+\.\d{6}\]", line))
    for line in text.split(b"\n"):
        if line.startswith(b"LAB-DID "):
            files["did"] += line[len(b"LAB-DID "):] + b"\n"
            if line.startswith(b"LAB-DID release"):
                files["release"] = line.split(b"\t")[1]
    for name, body in re.findall(rb"LAB-FILE (\S+)\n(.*?)LAB-END\n", text, re.S):
        files[name.decode()] = body
    return files


# ---- the truth and its check --------------------------------------------------------------------------------------

EVENTS = {
    "oom": r"invoked oom-killer:",
    "allocation-failure": r"page allocation failure|vmalloc error|SLUB: Unable to allocate",
    "overcommit-refusal": r"enough memory for the allocation",
}
CONSTRAINTS = {"none": "NONE", "memcg": "MEMCG", "cpuset": "CPUSET", "mempolicy": "MEMORY_POLICY"}
OUTCOMES = {
    "killed": r"Killed process",
    "group-killed": r"going to be killed due to memory.oom.group",
    "panic": r"Kernel panic - not syncing: (Out of memory|System is deadlocked)",
    "no-killable-process": r"no killable processes",
}


def events_of(log):
    """Where each event begins, and its kind. A kill line without a report (rate limited) is an event too."""
    marks, reported, group = [], False, False
    patterns = "|".join(f"(?P<{kind.replace('-', '_')}>{p})" for kind, p in EVENTS.items())
    for m in re.finditer(patterns + r"|(?P<kill>Killed process \d+ \()|(?P<group>due to memory.oom.group)", log):
        kind = m.lastgroup.replace("_", "-")
        if kind == "kill":
            if not reported and not group:
                marks.append((m.start(), "oom"))
            reported = False
        elif kind == "group":
            group = True  # the kills up to the next report are its members'
        else:
            marks.append((m.start(), kind))
            if kind == "oom":
                reported, group = True, False
    return marks


def ledger(report):
    """What holds how many pages, by the counters of a whole machine's report: so that a filler is not only claimed."""
    def pages(name):
        m = re.search(r"\b" + name + r":(\d+)", report)
        return int(m.group(1)) if m else 0

    page = int((re.search(r" \d+\*(\d+)kB", report) or [0, "4"])[1])
    shmem = pages("shmem")
    sizes = {
        "anon": pages("active_anon") + pages("inactive_anon") - shmem,
        "shmem": shmem,
        "cache": pages("active_file") + pages("inactive_file"),
        "unevictable": pages("unevictable"),
        "slab": pages("slab_unreclaimable"),
        "slab-reclaimable": pages("slab_reclaimable"),
        "page-tables": pages("pagetables"),
        "kernel-stacks": sum(numbers(" ".join(re.findall(r"(?m)^.*Node \d+ active_anon.*kernel_stack:(\d+)kB", report)))) // page,
        "zspages": sum(int(n) // page for n in re.findall(r"zspages:(\d+)kB", report)),
        "hugetlb": sum(int(n) * int(size) // page
                       for n, size in re.findall(r"hugepages_total=(\d+).*?hugepages_size=(\d+)kB", report)),
    }
    managed = sum(int(n) // page for n in re.findall(r"managed:(\d+)kB", report))
    sizes["unaccounted"] = managed - sum(sizes.values()) - pages("free") - pages("free_pcp")
    m = re.search(r"(\d+) pages RAM.*?(\d+) pages reserved", report, re.S)
    if m:  # a kernel keeps some for itself: a little in proportion and its image
        sizes["reserved"] = int(m.group(2)) - int(m.group(1)) * 3 // 100 - (128 << 10) // page
    return sizes


def check(scenario, kernel, files):
    """The truth of this run, or Trouble where the log does not show what was meant."""
    truth = scenario.truth(kernel.key)
    log = files.get("log", b"").decode("utf-8", "surrogateescape")
    if not log:
        raise Trouble("the log is empty")
    for line in files.get("did", b"").decode().splitlines():
        key, _, value = line.partition("\t")
        if key != "release" and key not in truth:
            truth[key] = value
    truth.update(origin="lab", scenario=scenario.name, kernel=files["release"].decode().strip())

    def want(holds, text):
        if not holds:
            raise Trouble(text)

    if truth["kind"] == "userspace-kill":  # a daemon's own log: no kernel report to look at
        for pattern in scenario.shows:
            want(re.search(pattern, log), f"the log does not show: {pattern}")
        for pattern in scenario.nevers:
            want(not re.search(pattern, log), f"the log must not show: {pattern}")
        for key in ("constraint", "order", "filler", "reclaim", "victim_finding", "page_size_bytes"):
            truth.pop(key, None)
        return truth
    marks = events_of(log)
    want(marks, "the log shows no event")
    low, _, high = truth["events"].partition("-")
    want(int(low) <= len(marks) <= int(high or low), f"{len(marks)} events, meant {truth['events']}")
    truth["events"] = str(len(marks))
    truth = {k: v for k, v in truth.items()
             if not (m := re.match(r"event(\d+)\.", k)) or int(m.group(1)) <= len(marks)}
    for number, (at, kind) in list(enumerate(marks, 1))[1:13]:
        truth[f"event{number}.kind"] = kind
        m = re.search(r"Killed process (\d+) \((.*?)\) total-vm", log[at:marks[number][0] if number < len(marks) else None], re.S)
        if m:
            # A newline in a name splits the line, and each part has its own time.
            name = re.sub(r"\n\[ *[\d.]+\] ", "\\\\n", m.group(2))
            victim = truth.get(f"event{number}.victim", name)
            want(victim in ("any", name), f"event {number} killed {name}, meant {victim}")
            truth[f"event{number}.victim"], truth[f"event{number}.victim_pid"] = name, m.group(1)
    want(marks[0][1] == truth["kind"], f"the first event is of kind {marks[0][1]}, meant {truth['kind']}")
    first = log[max(0, log.rfind("\n", 0, marks[0][0])):marks[1][0] if len(marks) > 1 else len(log)]

    m = re.search(r"order[=:](-?\d+)", first)
    if m:
        want(truth["order"] in ("any", m.group(1)), f"order {m.group(1)}, meant {truth['order']}")
        truth["order"] = m.group(1)
    elif truth["order"] == "any":
        del truth["order"]
    m = re.search(r"oom-kill:constraint=CONSTRAINT_(\w+)", first)
    if m:
        want(m.group(1) == CONSTRAINTS[truth["constraint"]], f"constraint {m.group(1)}, meant {truth['constraint']}")
    for outcome, pattern in OUTCOMES.items():
        if outcome == truth["outcome"]:
            want(re.search(pattern, first), f"the outcome {outcome} does not show")
        elif outcome in ("panic", "no-killable-process") and truth["outcome"] != "panic":
            want(not re.search(pattern, first), f"the outcome is {outcome}, meant {truth['outcome']}")
    m = re.search(r"Killed process (\d+) \((.*?)\) total-vm", first, re.S)
    if m and truth["outcome"] in ("killed", "group-killed"):
        pids = truth.get("victim_pid", "any").split("|")
        want("any" in pids or m.group(1) in pids, f"pid {m.group(1)} ({m.group(2)}) was killed, meant {truth.get('victim_pid')}")
        want(truth["victim"] in ("any", m.group(2)), f"{m.group(2)} was killed, meant {truth['victim']}")
        truth["victim_pid"], truth["victim"] = m.group(1), m.group(2)
    elif truth["outcome"] in ("killed", "group-killed"):
        raise Trouble("no kill line")
    else:
        truth.pop("victim", None)
        truth.pop("victim_pid", None)
    for key in ("oom_memcg", "task_memcg"):
        m = re.search(key + r"=(.*?),(?:task_memcg|task)=", first)
        if key in truth:
            want(m and m.group(1) == truth[key], f"{key} is {m and m.group(1)}, meant {truth[key]}")
    m = re.search(r"memory: usage (\d+)kB, limit (\d+)kB", first)
    if m and "limit_bytes" in truth:
        limit = bytes_of(truth["limit_bytes"])
        want(int(m.group(2)) * 1024 == limit, f"limit {m.group(2)}kB, meant {truth['limit_bytes']}")
        usage = int(m.group(1)) * 1024
        if truth.pop("usage_bytes", "") == "any":
            truth["usage_bytes"] = str(usage)
        else:
            want(limit * 0.9 <= usage <= limit or "memsw_limit_bytes" in truth, f"usage {usage} is not at the limit {limit}")
            truth["usage_bytes"] = str(usage)
        truth["limit_bytes"] = str(limit)
    if "memsw_limit_bytes" in truth:
        m = re.search(r"memory\+swap: usage (\d+)kB, limit (\d+)kB", first)
        limit = bytes_of(truth["memsw_limit_bytes"])
        want(m and int(m.group(2)) * 1024 == limit, f"memory+swap limit is not {limit}")
        truth["memsw_usage_bytes"], truth["memsw_limit_bytes"] = str(int(m.group(1)) * 1024), str(limit)
    m = re.search(r" \d+\*(\d+)kB", first)
    if m:
        want(int(m.group(1)) * 1024 == int(truth["page_size_bytes"]), f"pages of {m.group(1)}kB")
    if truth["constraint"] == "none" and truth["kind"] == "oom" and truth["cause"] != "sysrq-manual" and "Mem-Info:" in first:
        sizes = ledger(first)
        largest = max(sizes, key=sizes.get)
        want(truth["filler"] == largest, f"the largest class is {largest} ({sizes}), meant {truth['filler']}")
    for pattern in scenario.shows:
        want(re.search(pattern, log), f"the log does not show: {pattern}")
    for pattern in scenario.nevers:
        want(not re.search(pattern, log), f"the log must not show: {pattern}")
    return truth


def packed(files):
    """One archive, the same for the same files."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name, body in sorted(files.items()):
            entry = tarfile.TarInfo(name)
            entry.size = len(body)
            tar.addfile(entry, io.BytesIO(body))
    return lzma.compress(out.getvalue())


def keep(scenario, kernel, files, truth):
    """Writes the fixture in place of an older one."""
    target = os.path.join(FIXTURES, f"{truth['cause']}--{kernel.key}-{scenario.name}")
    new = os.path.join(CACHE, "new", f"{kernel.key}-{scenario.name}")
    shutil.rmtree(new, ignore_errors=True)
    os.makedirs(new)
    if len(files["log"]) > LARGE:
        truth["compressed"] = "log.xz"
    looks = {name[len("now/"):]: body for name, body in files.items() if name.startswith("now/")}
    if looks:
        files = {name: body for name, body in files.items() if not name.startswith("now/")}
        files["now.tar.xz"] = packed(looks)
    for name, body in sorted(files.items()):
        if name in ("did", "release"):
            continue
        path = os.path.join(new, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        if len(body) > (LARGE if name == "log" else 32000) and not name.endswith(".xz"):
            path, body = path + ".xz", lzma.compress(body)
        with open(path, "wb") as f:
            f.write(body)
    with open(os.path.join(new, "truth"), "w", encoding="utf-8") as f:
        for key in sorted(truth, key=lambda k: (ORDER.index(k) if k in ORDER else len(ORDER), k)):
            value = re.sub(r"[\x00-\x1f\x7f]", lambda c: f"\\x{ord(c[0]):02x}", truth[key])
            f.write(f"{key}\t{value.encode('utf-8', 'surrogateescape').decode('utf-8', 'backslashreplace')}\n")
    for old in os.listdir(FIXTURES):
        if old.endswith(f"--{kernel.key}-{scenario.name}"):
            shutil.rmtree(os.path.join(FIXTURES, old))
    shutil.move(new, target)
    return target


# ---- the work --------------------------------------------------------------------------------------------------

def fingerprint(kernel, scenario):
    h = hashlib.sha256(scenario.text.encode() + kernel.release.encode())
    for name in ("provoke.c", "guest/init", "guest/words", "module/lab.c"):
        h.update(read(os.path.join(LAB, name)))
    return h.hexdigest()


def fixture_of(kernel_key, scenario):
    for name in os.listdir(FIXTURES):
        if name.endswith(f"--{kernel_key}-{scenario.name}"):
            return os.path.join(FIXTURES, name)
    return None


def one(kernel, scenario, force):
    """Runs one scenario on one kernel. True if its fixture is there and fresh."""
    label = f"{kernel.key:5} {scenario.name}"
    done = os.path.join(CACHE, "done", f"{kernel.key}-{scenario.name}")
    print_of = fingerprint(kernel, scenario)
    if not force and fixture_of(kernel.key, scenario) and os.path.exists(done) and read(done).decode() == print_of:
        tell(f"{label}: kept")
        return True
    where = os.path.join(CACHE, "run", f"{kernel.key}-{scenario.name}")
    for attempt in (1, 2):
        shutil.rmtree(where, ignore_errors=True)
        os.makedirs(where)
        began = time.monotonic()
        try:
            files = take(scenario, *boot(kernel, scenario, where))
            for name, body in files.items():
                path = os.path.join(where, "out", name)
                os.makedirs(os.path.dirname(path), exist_ok=True)
                with open(path, "wb") as f:
                    f.write(body)
            target = keep(scenario, kernel, files, check(scenario, kernel, files))
            with open(done, "w", encoding="utf-8") as f:
                f.write(print_of)
            tell(f"{label}: {os.path.basename(target)} in {time.monotonic() - began:.1f} s")
            return True
        except (Trouble, tarfile.TarError, OSError) as trouble:
            tell(f"{label}: try {attempt}: {trouble}")
    return False


def table(every):
    """Which scenario exists on which kernel, for the README: its cause, or why it is not there."""
    out = ["| scenario | what was done | " + " | ".join(KERNELS) + " |", "| --- | --- |" + " --- |" * len(KERNELS)]
    notes = []
    for s in every:
        cells = []
        for key in KERNELS:
            found = fixture_of(key, s)
            if found:
                cells.append(os.path.basename(found).split("--")[0])
            elif key not in s.kernels():
                cells.append("no" if key in USUAL.split() else "")
            else:
                cells.append("missing")
        out.append(f"| {s.name} | {s.keys['what']} | " + " | ".join(cells) + " |")
        if "no" in cells:
            notes.append(f"- **{s.name}** only on {', '.join(s.kernels())}: {s.keys['not']}.")
    count = ", ".join(f"{sum(1 for s in every if fixture_of(k, s))} on {k}" for k in KERNELS)
    return "\n".join(out) + f"\n\nFixtures: {count}.\n\n" + "\n".join(notes)


def main():
    parser = argparse.ArgumentParser(description="Boots real kernels, provokes one known shortage, keeps the log.")
    parser.add_argument("--list", action="store_true", help="say which scenarios and kernels there are")
    parser.add_argument("--table", action="store_true", help="refresh the table in README.md")
    parser.add_argument("--kernel", default="", help="only this one")
    parser.add_argument("--scenario", default="", help="only this one (several: separated by commas)")
    parser.add_argument("-j", type=int, default=min(2, os.cpu_count() or 1), help="guests side by side")
    parser.add_argument("--force", action="store_true", help="run even what is done")
    args = parser.parse_args()
    every = scenarios()
    if args.list:
        for s in every:
            print(f"{s.name:32} {' '.join(s.kernels()):12} {s.keys['what']}")
        return 0
    if args.table:
        path = os.path.join(LAB, "README.md")
        text = read(path).decode()
        head, _, rest = text.partition("<!-- table -->\n")
        tail = rest.partition("<!-- end of table -->")[2]
        with open(path, "w", encoding="utf-8") as f:
            f.write(head + "<!-- table -->\n" + table(every) + "\n<!-- end of table -->" + tail)
        return 0

    wanted = [n for n in args.scenario.split(",") if n]
    unknown = [n for n in wanted if n not in [s.name for s in every]]
    if unknown or (args.kernel and args.kernel not in KERNELS):
        print(f"no such scenario or kernel: {' '.join(unknown) or args.kernel}; --list says what there is", file=sys.stderr)
        return 2
    for folder in ("done", "run", "new"):
        os.makedirs(os.path.join(CACHE, folder), exist_ok=True)
    os.makedirs(FIXTURES, exist_ok=True)
    jobs, failed, absent = [], [], 0
    for key in [args.kernel] if args.kernel else list(KERNELS):
        mine = [s for s in every if key in s.kernels() and (not wanted or s.name in wanted)]
        if not mine:
            continue
        kernel = Kernel(key)
        try:
            kernel.prepare()
        except (Trouble, OSError, subprocess.SubprocessError, StopIteration) as trouble:
            tell(f"{key}: cannot be had: {trouble}")
            failed += [f"{key} {s.name}" for s in mine]
            absent += len(mine)
            continue
        jobs += [(kernel, s) for s in mine]
    with concurrent.futures.ThreadPoolExecutor(args.j) as pool:
        results = {pool.submit(one, k, s, args.force): f"{k.key} {s.name}" for k, s in jobs}
        for future in concurrent.futures.as_completed(results):
            try:
                if future.result():
                    continue
            except Exception as error:  # one scenario's failure is not the others'
                tell(f"{results[future]}: {error!r}")
            failed.append(results[future])
    tell(f"{len(jobs) + absent - len(failed)} of {len(jobs) + absent} are there" + "".join("\n  failed: " + f for f in sorted(failed)))
    return 1 if failed else 0


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    sys.exit(main())
