#!/usr/bin/env bash
# Every check there is, from a fresh machine on: installs what the tests need and the machine lacks (or names it),
# then format, lints, docs, dependency rules, and all tests. Beside what is installed, only this folder and a temporary
# one are touched.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf '\n== %s\n' "$*"; }
have() { command -v "$1" >/dev/null 2>&1; }

# Debian packages, when this user may install them; else their names.
need=()
have cc || need+=(build-essential)
have chromium || need+=(chromium)
have chromedriver || need+=(chromium-driver)
have npm || need+=(npm) # fetches axe-core
have initdb || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || need+=(postgresql)
[ -x /usr/sbin/exim4 ] || need+=(exim4-daemon-light)
[ -x /usr/sbin/dovecot ] || need+=(dovecot-imapd)
[ -x /usr/lib/dovecot/lmtp ] || need+=(dovecot-lmtpd)
if [ "${#need[@]}" -gt 0 ]; then
  if have apt-get && [ "$(id -u)" = 0 ]; then
    say "installing ${need[*]}"
    apt-get update -q >/dev/null
    DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${need[@]}" >/dev/null
  else
    echo "The tests need these Debian packages, please install them: ${need[*]}" >&2
    exit 1
  fi
fi
have cargo || { echo "The tests need Rust: install it from your distribution or rustup, then run this again." >&2; exit 1; }

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

say "format";  cargo fmt --check
say "lints";   cargo clippy --locked --all-targets -- -D warnings
say "docs";    RUSTDOCFLAGS="-D warnings -A rustdoc::private_intra_doc_links" cargo doc --locked --no-deps --document-private-items -q

say "dependencies"
have cargo-deny || cargo install --locked --quiet cargo-deny --version 0.20.2
cargo deny --log-level error check bans licenses sources

say "axe-core"
(cd "$tmp" && npm pack --silent axe-core@4.14.1 >/dev/null && tar -xzf axe-core-*.tgz)

say "tests"
export TEST_BROWSER=1 TEST_POSTGRES=1 TEST_MAIL=1 TEST_AXE="$tmp/package/axe.min.js"
# One at a time: some of them measure what a busy machine would change (a browser, fifty kills).
cargo test --locked -- --test-threads=1
