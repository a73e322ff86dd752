"""A thin client of the Causeway platform. See the README beside this package."""

from .credentials import Credentials, find_credentials
from .errors import AlreadyExists, Forbidden, NotFound, PlatformError, Timeout, Unavailable
from .platform_client import PlatformClient, connect
from .service import Answer, Service

__all__ = [
    "AlreadyExists",
    "Answer",
    "Credentials",
    "Forbidden",
    "NotFound",
    "PlatformClient",
    "PlatformError",
    "Service",
    "Timeout",
    "Unavailable",
    "connect",
    "find_credentials",
]
