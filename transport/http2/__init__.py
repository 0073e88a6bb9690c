"""HTTP/2 without sockets, the server's side: bytes in, events and bytes out (RFC 9113, RFC 7541)."""
