# SPDX-License-Identifier: GPL-2.0-or-later
# One build system, short enough to be read before it is run.

VERSION  := 0.1.0
PREFIX   ?= /usr/local
bindir   ?= $(PREFIX)/bin
datadir  ?= $(PREFIX)/share
mandir   ?= $(datadir)/man
WIKI_URL ?=

PKG_CONFIG ?= pkg-config
LIBRARIES  := libpcre2-8 libseccomp
# Loaded by the one file that uses it (base/library.h), when it is needed; so are those
# without which it can be built: zlib, libzstd, libarchive, libsystemd.
LOADED     := json-c ncursesw

WARN  := -Wall -Wextra -Wshadow -Wconversion -Werror -Wformat=2 -Wstrict-prototypes \
	-Wmissing-prototypes -Wvla -Wwrite-strings -fno-common
HARDEN := -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 -fstack-protector-strong -fPIE -fstack-clash-protection
CFLAGS ?= -O2 -g
BASE   := -std=c17 -D_GNU_SOURCE -I. $(WARN) -ffile-prefix-map=$(CURDIR)=.
DEFINE := -DOOMWHY_VERSION='"$(VERSION)"' -DOOMWHY_WIKI_URL='"$(WIKI_URL)"' \
	-DOOMWHY_WIKI_DIR='"$(datadir)/oomwhy/wiki"'
HARDEN_LINK := -pie -Wl,-z,relro,-z,now

ifeq ($(FUZZ),1)
CC     := clang
BUILD  := build/fuzz
HARDEN := -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all -O1
HARDEN_LINK :=
else ifeq ($(SAN),1)
BUILD  := build/san
HARDEN := -fsanitize=address,undefined -fno-sanitize-recover=all -O1
HARDEN_LINK :=
# `oomwhy live --script`, which a program for users does not have.
DEFINE += -DOOMWHY_TEST
else ifneq ($(CC_NAME),)
BUILD  := build/$(CC_NAME)
else
BUILD  := build
endif

CPPFLAGS_ALL = $(DEFINE) $(CPPFLAGS)
CFLAGS_ALL   = $(BASE) $(HARDEN) $(CFLAGS) $(shell $(PKG_CONFIG) --cflags $(LIBRARIES) $(LOADED))
LDLIBS_ALL   = -pthread $(shell $(PKG_CONFIG) --libs $(LIBRARIES)) $(LDLIBS)

PARTS   := base parsers explain cli cli/live
SOURCES := $(sort $(foreach d,$(PARTS),$(wildcard $(d)/*.c)))
OBJECTS := $(SOURCES:%.c=$(BUILD)/%.o) $(BUILD)/wiki_pages.o
LIBRARY_OBJECTS := $(filter-out $(BUILD)/cli/main.o,$(OBJECTS))
PAGES   := $(sort $(wildcard share/wiki/*.md))
BINARY  := $(if $(filter build,$(BUILD)),oomwhy,$(BUILD)/oomwhy)

all: $(BINARY)

$(BINARY): $(OBJECTS)
	@echo "  LINK  $@"
	@$(CC) $(CFLAGS_ALL) $(HARDEN_LINK) $(LDFLAGS) -o $@ $^ $(LDLIBS_ALL)

# The options that a path or a URL came from are part of what was built.
$(BUILD)/flags: FORCE | $(BUILD)/.made
	@echo '$(CC) $(CPPFLAGS_ALL) $(BASE) $(HARDEN) $(CFLAGS)' | cmp -s - $@ || \
		echo '$(CC) $(CPPFLAGS_ALL) $(BASE) $(HARDEN) $(CFLAGS)' >$@

$(BUILD)/%.o: %.c $(BUILD)/flags
	@mkdir -p $(@D)
	@echo "  CC    $<"
	@$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<

# The wiki inside the binary: each page as a C string.
$(BUILD)/wiki_pages.c: share/wiki-to-c $(PAGES) | $(BUILD)/.made
	@sh share/wiki-to-c $(PAGES) >$@.tmp && mv $@.tmp $@

$(BUILD)/wiki_pages.o: $(BUILD)/wiki_pages.c $(BUILD)/flags
	@$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -c -o $@ $<

$(BUILD)/.made:
	@mkdir -p $(BUILD)
	@touch $@

# What a build and the tests need, by the names of Debian's packages.
BUILD_PACKAGES := gcc make pkg-config libpcre2-dev libjson-c-dev libseccomp-dev libncurses-dev \
	libarchive-dev zlib1g-dev libzstd-dev libsystemd-dev
TEST_PACKAGES  := libcriterion-dev clang libclang-rt-14-dev clang-format clang-tidy cppcheck valgrind tmux \
	zstd lz4 bzip2 systemd-journal-remote sosreport rsyslog mandoc python3 python3-jsonschema xz-utils shellcheck zsh fish codespell

deps:
	@sh tests/packages $(BUILD_PACKAGES)

test-deps:
	@sh tests/packages $(BUILD_PACKAGES) $(TEST_PACKAGES)

# The README's first command: build, and explain the newest OOM of this machine.
try: deps
	@$(MAKE) --no-print-directory all
	@sh tests/try ./$(BINARY)

# The README's second command: everything.
test: test-deps
	@$(MAKE) --no-print-directory all
	@$(MAKE) --no-print-directory SAN=1 all
	@$(MAKE) --no-print-directory -j2 SAN=1 $(UNIT) build/san/robust build/san/faults replay-targets
	@$(MAKE) --no-print-directory build/faults build/sandbox
	@tests/run $(TESTS)

TESTS := $(sort $(filter-out tests/run tests/packages tests/try,\
	$(shell find tests -maxdepth 1 -type f -perm -u+x)))

# Unit tests: Criterion, under the sanitizers. A leak must end the process, or
# Criterion reports the test as passed.
UNIT_SOURCES := $(sort $(wildcard tests/unit/*.c))
UNIT := build/san/unit

unit:
	@$(MAKE) --no-print-directory SAN=1 $(UNIT)

build/san/unit: $(UNIT_SOURCES) $(LIBRARY_OBJECTS)
	@echo "  UNIT  $@"
	@$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -Wno-missing-prototypes -Wno-shadow -o $@ $^ \
		$(LDLIBS_ALL) -lcriterion

# What the machine now costs, among many processes and cgroups.
build/live_cost: tests/bench/live_cost.c $(LIBRARY_OBJECTS)
	@$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) $(HARDEN_LINK) -o $@ $^ $(LDLIBS_ALL)

# The program with calls that fail when they are told to; with SAN=1 also what only a
# program for tests has (live --script).
FAULTS := $(foreach f,malloc calloc realloc strdup realpath opendir fdopen vasprintf __vasprintf_chk \
	pthread_create read write,-Wl,--wrap=$(f))
$(BUILD)/faults: tests/faults.c $(OBJECTS)
	@echo "  LINK  $@"
	@$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) $(HARDEN_LINK) $(FAULTS) -o $@ $^ $(LDLIBS_ALL)

# Each thing that the sandbox refuses, tried from inside the parser.
build/sandbox: tests/sandbox.c $(LIBRARY_OBJECTS)
	@echo "  LINK  $@"
	@$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) $(HARDEN_LINK) -o $@ $^ $(LDLIBS_ALL)

# The tests that look at what comes out (tests/fuzz/promises.h) read it with json-c.
PROMISES := $(shell $(PKG_CONFIG) --libs json-c)

# Fixtures cut and changed in every way, in one process.
build/san/robust: tests/robust.c $(LIBRARY_OBJECTS)
	@echo "  LINK  $@"
	@$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -o $@ $^ $(LDLIBS_ALL) $(PROMISES)

# Fuzz targets, one a file of tests/fuzz/ but replay.c. With clang and FUZZ=1 they are
# libFuzzer's; with SAN=1 they replay the inputs that they are given.
FUZZ_TARGETS := $(filter-out replay,$(patsubst tests/fuzz/%.c,%,$(sort $(wildcard tests/fuzz/*.c))))

build/fuzz/target/%: tests/fuzz/%.c $(LIBRARY_OBJECTS)
	@mkdir -p $(@D)
	@echo "  FUZZ  $@"
	@$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -fsanitize=fuzzer -o $@ $^ $(LDLIBS_ALL) $(PROMISES)

build/san/replay/%: tests/fuzz/%.c tests/fuzz/replay.c $(LIBRARY_OBJECTS)
	@mkdir -p $(@D)
	@echo "  LINK  $@"
	@$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -o $@ $^ $(LDLIBS_ALL) $(PROMISES)

fuzz-targets: $(FUZZ_TARGETS:%=build/fuzz/target/%)
replay-targets: $(FUZZ_TARGETS:%=build/san/replay/%)

# Fuzz every target for SECONDS of one core each, then every fixture in every way that
# robust.c knows, hours of it; PRODUCT=no leaves that out (tests/fuzz/README.md).
SECONDS ?= 60
PRODUCT ?= yes
fuzz:
	@tests/packages clang libclang-rt-14-dev
	@$(MAKE) --no-print-directory FUZZ=1 fuzz-targets
	@tests/fuzz/run $(SECONDS)
	@[ '$(PRODUCT)' = no ] || tests/robust -a

lint:
	@tests/lint

# The parts of manual, schema and completions that follow from the option table.
docs: all
	@share/make-docs ./$(BINARY)

# Times beside the commands that do the least such work needs: CONTRIBUTING.md, "Speed".
BENCH_PACKAGES := python3 ripgrep zstd

bench: deps
	@sh tests/packages $(BENCH_PACKAGES)
	@$(MAKE) --no-print-directory all build/bench/generate
	@tests/bench/run

build/bench/generate: tests/bench/generate.c
	@mkdir -p $(@D)
	@$(CC) -std=c17 -D_GNU_SOURCE $(WARN) -O2 -o $@ $<

lab:
	@tests/lab/run $(if $(SCENARIO),--scenario $(SCENARIO)) $(if $(KERNEL),--kernel $(KERNEL))

install: all
	install -d '$(DESTDIR)$(bindir)' '$(DESTDIR)$(mandir)/man1' \
		'$(DESTDIR)$(datadir)/oomwhy/wiki' \
		'$(DESTDIR)$(datadir)/bash-completion/completions' \
		'$(DESTDIR)$(datadir)/zsh/site-functions' \
		'$(DESTDIR)$(datadir)/fish/vendor_completions.d'
	install -m 755 oomwhy '$(DESTDIR)$(bindir)/oomwhy'
	install -m 644 oomwhy.1 '$(DESTDIR)$(mandir)/man1/oomwhy.1'
	install -m 644 $(PAGES) '$(DESTDIR)$(datadir)/oomwhy/wiki/'
	install -m 644 share/oomwhy.schema.json share/oomwhy-now.schema.json \
		'$(DESTDIR)$(datadir)/oomwhy/'
	install -m 644 share/completions/oomwhy.bash \
		'$(DESTDIR)$(datadir)/bash-completion/completions/oomwhy'
	install -m 644 share/completions/_oomwhy \
		'$(DESTDIR)$(datadir)/zsh/site-functions/_oomwhy'
	install -m 644 share/completions/oomwhy.fish \
		'$(DESTDIR)$(datadir)/fish/vendor_completions.d/oomwhy.fish'

uninstall:
	rm -f '$(DESTDIR)$(bindir)/oomwhy' '$(DESTDIR)$(mandir)/man1/oomwhy.1' \
		'$(DESTDIR)$(datadir)/bash-completion/completions/oomwhy' \
		'$(DESTDIR)$(datadir)/zsh/site-functions/_oomwhy' \
		'$(DESTDIR)$(datadir)/fish/vendor_completions.d/oomwhy.fish'
	rm -rf '$(DESTDIR)$(datadir)/oomwhy'

clean:
	rm -rf build oomwhy

FORCE:
.PHONY: bench fuzz fuzz-targets replay-targets all deps test-deps try test unit lint docs lab install uninstall clean FORCE
.DELETE_ON_ERROR:
-include $(OBJECTS:.o=.d)
