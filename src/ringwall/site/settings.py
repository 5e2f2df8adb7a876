"""Settings of the one Django project. The environment may name RINGWALL_DATA, DATABASE_URL, RINGWALL_HOSTS,
RINGWALL_URL, RINGWALL_WEBHOOKS_INWARD, RINGWALL_IDENTITY_INWARD, RINGWALL_DEBUG.
"""

import os
import secrets
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from django.utils.csp import CSP

ROOT = Path(__file__).resolve().parents[3]
RINGWALL_DATA = Path(os.environ.get("RINGWALL_DATA") or ROOT / "data").resolve()
DEBUG = os.environ.get("RINGWALL_DEBUG") == "1"


def _secret_key() -> str:
    """Made at the first start and kept beside the data, so that no secret stands in the code or the environment."""
    if key := os.environ.get("RINGWALL_SECRET_KEY"):
        return key
    file = RINGWALL_DATA / "secret-key"
    try:
        return file.read_text().strip()
    except FileNotFoundError:
        file.parent.mkdir(parents=True, exist_ok=True)
        try:
            descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return file.read_text().strip()
        with os.fdopen(descriptor, "w") as out:
            out.write(key := secrets.token_urlsafe(50))
        return key


def _database() -> dict[str, object]:
    url = os.environ.get("DATABASE_URL", "")
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": RINGWALL_DATA / "ringwall.sqlite3",
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                # FULL: an acknowledged commit survives a power loss. recursive_triggers: REPLACE fires delete triggers.
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
                "PRAGMA recursive_triggers=ON; PRAGMA cache_size=-8192; PRAGMA mmap_size=67108864;"
                "PRAGMA temp_store=MEMORY;",
            },
        }
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ValueError(f"DATABASE_URL must start with postgresql://, not {parts.scheme}://")
    options = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", unquote(parts.hostname or "")),
        "PORT": str(parts.port or options.pop("port", "")),
        "CONN_MAX_AGE": None,
        "OPTIONS": options,
    }


SECRET_KEY = _secret_key()
DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ALLOWED_HOSTS = [*os.environ.get("RINGWALL_HOSTS", "").split(","), "127.0.0.1", "localhost", "[::1]", "testserver"]
ALLOWED_HOSTS = [host for host in ALLOWED_HOSTS if host]
INTERNAL_IPS: list[str] = []
_PUBLIC = next((host for host in os.environ.get("RINGWALL_HOSTS", "").split(",") if host and host != "*"), "")
RINGWALL_URL = os.environ.get("RINGWALL_URL", f"https://{_PUBLIC}" if _PUBLIC else "http://127.0.0.1:8000").rstrip("/")
"""Where people reach the product: what links in mails and calendars begin with."""

RINGWALL_WEBHOOKS_INWARD = os.environ.get("RINGWALL_WEBHOOKS_INWARD") == "1"
"""Whether webhooks may go to addresses inside one's own network, and without TLS."""

RINGWALL_IDENTITY_INWARD = os.environ.get("RINGWALL_IDENTITY_INWARD") == "1"
"""Whether identity providers may have addresses inside one's own network; without TLS only on this machine."""


INSTALLED_APPS = [
    # Floors from the ground up: each is registered before those that build on it; the site comes last.
    "ringwall.ledger",
    "ringwall.access",
    "ringwall.kit",
    "ringwall.reports",
    "ringwall.notices",
    "ringwall.administration",
    "ringwall.search",
    "ringwall.tasks",
    "ringwall.evidence",
    "ringwall.approvals",
    "ringwall.catalogues",
    "ringwall.catalogues.mapping",
    "ringwall.catalogues.notes",
    "ringwall.catalogues.carryover",
    "ringwall.context",
    "ringwall.assets",
    "ringwall.controls",
    "ringwall.improvement",
    "ringwall.compliance",
    "ringwall.risk",
    "ringwall.incidents",
    "ringwall.soa",
    "ringwall.exchange",
    "ringwall.site",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "lucide",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_tasks_db",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "ringwall.kit.middleware.ActorMiddleware",
    "ringwall.administration.middleware.ProviderMiddleware",
    "ringwall.administration.middleware.SecondFactorMiddleware",
]
ROOT_URLCONF = "ringwall.site.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "ringwall.site.frame.frame",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static", "lucide.templatetags.lucide"],
        },
    }
]

AUTH_USER_MODEL = "access.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_ADAPTER = "ringwall.administration.adapter.AccountAdapter"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = None
ACCOUNT_PREVENT_ENUMERATION = True
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True  # addresses come from the administrator, not from a sign-up
MFA_TOTP_ISSUER = "Ringwall"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
USE_I18N = True
FORMAT_MODULE_PATH = ["ringwall.site.formats"]
USE_TZ = True
TIME_ZONE = os.environ.get("RINGWALL_TIME_ZONE", "Europe/Berlin")

STATIC_URL = "/static/"
STATIC_ROOT = RINGWALL_DATA / "static"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
MEDIA_ROOT = RINGWALL_DATA / "files"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "site_cache"}}
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "ringwall.site.views.csrf_failed"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if os.environ.get("RINGWALL_HTTPS") == "1":
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 31_536_000
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in os.environ.get("RINGWALL_HOSTS", "").split(",") if host]
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
    "manifest-src": [CSP.SELF],
}

MAILERS = {"default": {"BACKEND": "ringwall.notices.backend.QueueBackend"}}
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": []}}
DATA_UPLOAD_MAX_MEMORY_SIZE = 25 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
SILENCED_SYSTEM_CHECKS: list[str] = []
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
