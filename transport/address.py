"""HOST:PORT, the way doors are written; an IPv6 host stands in brackets."""


def split(address: str) -> tuple[str, int]:
    """`"[::1]:80"` → `("::1", 80)`. Raises ValueError for anything that is not HOST:PORT."""
    host, colon, port = address.rpartition(":")
    bare = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    if not colon or not bare or not port.isdecimal() or int(port) > 65535 or (":" in bare and bare == host):
        raise ValueError(f"'{address}' is not HOST:PORT")
    return bare, int(port)


def join(host: str, port: int) -> str:
    """The reverse of `split`."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
