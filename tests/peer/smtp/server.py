"""A real SMTP server for tests: STARTTLS or implicit TLS, AUTH, a mailbox directory, and faults on demand.

Every accepted mail becomes MAILBOX/NNNN.eml. The certificate is made at start, for --name, and its authority is written to
CA_FILE. Once it listens, one line goes to standard output: the port. It ends when its standard input does, so that it never
outlives the test that started it.

Faults: none; greylist (451 at RCPT), refuse (550 at RCPT), hangup (the connection closes at RCPT), reject (554 after DATA),
hang (DATA is never answered), drop (the connection closes after the mail was kept, before the answer). With a count, as in
greylist:2, a fault strikes so many times and then no more.
"""

import argparse
import asyncio
import datetime
import ipaddress
import pathlib
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


def names(text):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def certificate(subject, key, issuer, issuer_key, extension):
    now = datetime.datetime.now(datetime.timezone.utc)
    builder = (
        x509.CertificateBuilder()
        .subject_name(names(subject))
        .issuer_name(names(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=30))
        .add_extension(extension, critical=False)
    )
    return builder.sign(issuer_key, hashes.SHA256())


def alternative_name(host):
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def tls_context(host, ca_file):
    """A server certificate for `host` under an authority of our own, as operators with a private authority have it."""
    ca_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    ca = certificate("test authority", ca_key, "test authority", ca_key, x509.BasicConstraints(ca=True, path_length=0))
    leaf = certificate(host, key, "test authority", ca_key, x509.SubjectAlternativeName([alternative_name(host)]))
    pem = serialization.Encoding.PEM
    ca_file.write_bytes(ca.public_bytes(pem))
    pair = ca_file.with_suffix(".server.pem")
    pair.write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()) + leaf.public_bytes(pem)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pair)
    return context


class Mailbox:
    def __init__(self, directory, fault):
        self.directory = directory
        self.fault, _, count = fault.partition(":")
        # Below zero from the start, it never runs out.
        self.left = int(count or -1)
        self.kept = 0

    def strikes(self, fault):
        if self.fault != fault or self.left == 0:
            return False
        self.left -= 1
        return True

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.strikes("refuse"):
            return "550 5.1.1 no such mailbox"
        if self.strikes("greylist"):
            return "451 4.7.1 greylisted, come back later"
        if self.strikes("hangup"):
            server.transport.abort()
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 ok"

    async def handle_DATA(self, server, session, envelope):
        if self.strikes("reject"):
            return "554 5.7.1 message refused as spam"
        if self.strikes("hang"):
            await asyncio.sleep(3600)
        self.kept += 1
        draft = self.directory / f".{self.kept:04}.part"
        draft.write_bytes(envelope.content)
        draft.rename(self.directory / f"{self.kept:04}.eml")
        if self.strikes("drop"):
            server.transport.abort()
        return "250 2.0.0 kept"


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("mailbox", type=pathlib.Path)
    parser.add_argument("ca_file", type=pathlib.Path)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--name", default="localhost", help="whom the certificate is for")
    parser.add_argument("--tls", choices=["starttls", "implicit", "none"], default="starttls")
    parser.add_argument("--user")
    parser.add_argument("--password")
    parser.add_argument("--fault", default="none")
    return parser.parse_args()


async def serve(args):
    args.mailbox.mkdir(parents=True, exist_ok=True)
    context = None if args.tls == "none" else tls_context(args.name, args.ca_file)
    mailbox = Mailbox(args.mailbox, args.fault)
    starttls = context if args.tls == "starttls" else None

    def authenticate(server, session, envelope, mechanism, data):
        wanted = LoginPassword(args.user.encode(), args.password.encode())
        return AuthResult(success=data == wanted, handled=False)

    def protocol():
        return SMTP(
            mailbox,
            hostname=args.name,
            tls_context=starttls,
            require_starttls=starttls is not None,
            authenticator=authenticate if args.user else None,
            auth_required=args.user is not None,
            auth_require_tls=args.tls == "starttls",
            enable_SMTPUTF8=True,
        )

    loop = asyncio.get_running_loop()
    implicit = context if args.tls == "implicit" else None
    server = await loop.create_server(protocol, "127.0.0.1", args.port, ssl=implicit)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


if __name__ == "__main__":
    asyncio.run(serve(arguments()))
