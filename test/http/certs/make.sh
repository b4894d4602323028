#!/bin/sh
# Makes the certificates of the loopback tests anew, next to this script. Needs openssl 3. They are for tests alone: the keys
# are public. Valid from 2020 to 2120, so that no test fails because of the date; client-expired ended in 2021.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/new"
: >"$work/index.txt"
echo 1000 >"$work/serial"
cat >"$work/ca.cnf" <<CONF
[ca]
default_ca = test
[test]
dir = $work
database = $work/index.txt
new_certs_dir = $work/new
serial = $work/serial
default_md = sha256
policy = any
unique_subject = no
[any]
commonName = supplied
[root]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[server]
basicConstraints = CA:FALSE
extendedKeyUsage = serverAuth
subjectAltName = DNS:localhost,DNS:*.localhost,DNS:service.test,DNS:*.service.test,IP:127.0.0.1,IP:::1
[client]
basicConstraints = CA:FALSE
extendedKeyUsage = clientAuth
CONF
key() { openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1.key.pem" 2>/dev/null; }
sign() { # name, common name, section, end
  key "$1"
  openssl req -new -key "$1.key.pem" -subj "/CN=$2" -out "$work/$1.csr"
  openssl ca -batch -notext -config "$work/ca.cnf" -extensions "$3" -in "$work/$1.csr" -out "$1.pem" \
    -cert ca.pem -keyfile "$work/ca.key.pem" -startdate 20200101000000Z -enddate "$4" 2>/dev/null
}
key "$work/ca"
openssl req -new -key "$work/ca.key.pem" -subj "/CN=Test CA" -out "$work/ca.csr"
openssl ca -batch -notext -selfsign -config "$work/ca.cnf" -extensions root -in "$work/ca.csr" -out ca.pem \
  -keyfile "$work/ca.key.pem" -startdate 20200101000000Z -enddate 21200101000000Z 2>/dev/null
sign server service.test server 21200101000000Z
sign client test-client client 21200101000000Z
sign client-expired test-client client 20210101000000Z
# From no authority that anybody trusts.
key client-stranger
openssl req -x509 -key client-stranger.key.pem -subj "/CN=stranger" -days 36500 -out client-stranger.pem
