# A post office on loopback, as whoever runs this (never root): Dovecot keeps the mailboxes, Exim carries the mails.
# Says "open", and is gone at the end of its standard input. $1: its folder; $2, $3, $4: the ports of IMAP, LMTP, SMTP.
set -eu
PATH=$PATH:/usr/sbin
dir=$1 imap=$2 lmtp=$3 smtp=$4
user=$(id -un) group=$(id -gn)
mkdir -p "$dir/run" "$dir/state" "$dir/boxes" "$dir/spool"
cd "$dir"
cat >dovecot.conf <<C
base_dir = $dir/run
state_dir = $dir/state
log_path = $dir/dovecot.log
default_internal_user = $user
default_internal_group = $group
default_login_user = $user
protocols = imap lmtp
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
auth_username_format = %Lu
mail_location = maildir:$dir/boxes/%u
mail_uid = $(id -u)
mail_gid = $(id -g)
first_valid_uid = 0
first_valid_gid = 0
recipient_delimiter = +
mail_fsync = never
passdb {
  driver = static
  args = password=secret
}
userdb {
  driver = static
  args = home=$dir/boxes/%u allow_all_users=yes
}
namespace inbox {
  inbox = yes
}
service anvil {
  chroot =
}
service auth {
  chroot =
}
service stats {
  chroot =
}
service imap-login {
  chroot =
  inet_listener imap {
    port = $imap
  }
  inet_listener imaps {
    port = 0
  }
}
service lmtp {
  chroot =
  inet_listener lmtp {
    address = 127.0.0.1
    port = $lmtp
  }
}
C
# Who writes from a domain called forged is not vouched for.
cat >exim.conf <<C
primary_hostname = mx.charity.test
spool_directory = $dir/spool
log_file_path = $dir/exim-%s.log
pid_file_path = $dir/run/exim.pid
exim_user = $user
exim_group = $group
never_users =
trusted_users = $user
local_interfaces = 127.0.0.1
daemon_smtp_ports = $smtp
domainlist local_domains = charity.test : sister.test : people.test
hostlist us = 127.0.0.1
host_lookup =
tls_advertise_hosts =
smtp_accept_max = 100
smtp_accept_queue_per_connection = 0
acl_smtp_rcpt = rcpt
acl_smtp_data = data
begin acl
rcpt:
  deny   message = 550 5.1.1 no such person here
         local_parts = nobody
  defer  message = 450 4.7.1 greylisted, come again
         local_parts = grey
         condition = \${if exists{$dir/known}{no}{yes}}
  accept hosts = +us
  deny
data:
  warn   condition = \${if eq{\$sender_address_domain}{forged.test}{no}{yes}}
         add_header = :at_start:Authentication-Results: mx.charity.test; dmarc=pass header.from=\${domain:\$h_from:}
  warn   condition = \${if eq{\$sender_address_domain}{forged.test}{yes}{no}}
         add_header = :at_start:Authentication-Results: mx.charity.test; dmarc=fail header.from=\${domain:\$h_from:}
  accept
begin routers
here:
  driver = accept
  domains = +local_domains
  local_part_suffix = +*
  local_part_suffix_optional
  transport = mailbox
nowhere:
  driver = redirect
  allow_fail
  data = :fail: 550 5.1.1 mailbox does not exist
begin transports
mailbox:
  driver = smtp
  protocol = lmtp
  hosts = 127.0.0.1
  hosts_override
  port = $lmtp
  allow_localhost
  rcpt_include_affixes
  return_path_add
begin retry
* * F,1h,1s
begin rewrite
begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = \${if eq{\$auth3}{secret}}
  server_set_id = \$auth2
  server_advertise_condition = yes
C
cage() {
  dovecot -F -c "$dir/dovecot.conf" >/dev/null 2>&1 &
  cage=$!
}
exim4 -C "$dir/exim.conf" -bdf -q1s >/dev/null 2>&1 &
exim=$!
cage
trap 'kill $cage $exim 2>/dev/null || true; wait; rm -rf "$dir"' EXIT
echo open
# Words that come in: the mailboxes are shut, and opened again.
while read -r word; do
  case $word in
  shut) kill $cage; wait $cage || true ;;
  open) cage ;;
  esac
  echo "$word"
done
