"""HTTP/1.1, server side, sans-IO: bytes in, Calls out, bytes out."""
