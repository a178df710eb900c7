"""Django's settings. The workspace decides what differs between installations; there is no second settings file."""

from __future__ import annotations

import ipaddress
import os
from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF

from maitred.site import issuers, workspace

MAITRED_HOME = workspace.home()
_OPTIONS = workspace.options(MAITRED_HOME)

DEBUG = False
SECRET_KEY = workspace.session_key(MAITRED_HOME)
DATABASES: dict[str, dict[str, Any]] = {"default": workspace.database(MAITRED_HOME)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ATOMIC_REQUESTS = False
USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGE_CODE = "en"
LANGUAGES = (("en", "English"), ("de", "Deutsch"), ("ar", "العربية"))
LOCALE_PATHS = [Path(__file__).parents[1] / "locale"]
FORMAT_MODULE_PATH = ["maitred.site.formats"]

MAITRED_DEMO = bool(_OPTIONS.get("demo"))
"""A demonstration: no second factor, and only on loopback."""
MAITRED_HTTPS = os.environ.get("MAITRED_HTTPS") == "1"
"""Whether browsers come through TLS; ``maitred serve`` says so itself when it listens to more than this machine."""
MAITRED_TRUSTED_PROXIES = tuple(
    ipaddress.ip_network(one.strip()) for one in os.environ.get("MAITRED_TRUSTED_PROXIES", "").split(",") if one.strip()
)
"""Networks whose ``X-Forwarded-*`` headers are believed; nobody's by default."""
MAITRED_SECURITY_CONTACT = str(_OPTIONS.get("security_contact") or "mailto:security@localhost")
"""Whom to tell about a weakness; ``security_contact`` in ``maitred.json``."""
MAITRED_BODY_LIMIT = 1024 * 1024
"""Bytes of a request's body, above which the answer is 413."""

DESKS: list[str] = [
    "maitred.desks.service_levels",
    "maitred.desks.today",
    "maitred.desks.helpdesks",
    "maitred.desks.roster",
    "maitred.desks.quality",
    "maitred.desks.coaching",
    "maitred.desks.training",
    "maitred.desks.escalations",
    "maitred.desks.conversations",
    "maitred.desks.compliance",
    "maitred.desks.hiring",
]
"""The duties of this installation: one app per desk. This list is the only one."""

INSTALLED_APPS = [
    "maitred.site.apps.SiteConfig",
    "maitred.surfaces.console",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "maitred.kit.audit",
    "maitred.kit.secrets",
    "maitred.kit.jobs",
    "maitred.kit.outbox",
    "maitred.kit.proposals",
    "maitred.kit.replies",
    "maitred.kit.commitments",
    "maitred.kit.decisions",
    "maitred.kit.interventions",
    "maitred.kit.charts",
    "maitred.kit.exports",
    "maitred.kit.notices",
    "maitred.kit.views",
    "maitred.kit.annotations",
    "maitred.kit.marks",
    "maitred.people",
    *DESKS,
]

MIDDLEWARE = [
    "maitred.surfaces.console.proxies.TrustedProxies",
    "maitred.surfaces.console.requests.Requests",
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "maitred.surfaces.console.answers.Answers",
    "django.middleware.security.SecurityMiddleware",
    "maitred.surfaces.console.static_files.Static",
    "maitred.surfaces.console.requests.Door",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "maitred.surfaces.console.sessions.SessionTimes",
    "maitred.surfaces.console.language.Language",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "maitred.surfaces.console.sessions.Acting",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "maitred.surfaces.console.sessions.SecondFactor",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
]

ROOT_URLCONF = "maitred.site.urls"
WSGI_APPLICATION = "maitred.site.wsgi.application"
AUTH_USER_MODEL = "people.Account"
AUTHENTICATION_BACKENDS = ["maitred.people.sign_in.Backend"]

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "maitred.surfaces.console.pages.frame",
            ]
        },
    }
]

STATIC_URL = "/static/"
STATIC_ROOT = MAITRED_HOME / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "maitred.surfaces.console.static_files.Storage"},
}
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_AUTOREFRESH = False

ALLOWED_HOSTS = [one for one in os.environ.get("MAITRED_HOSTS", "127.0.0.1,localhost,[::1]").split(",") if one]

# Counters of the limits and other passing values: shared by all processes, in the operational database.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "console_cache",
        "OPTIONS": {"MAX_ENTRIES": 200_000},
    }
}

# Cookies and transport
_PREFIX = "__Host-" if MAITRED_HTTPS else ""
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_SERIALIZER = "maitred.people.sign_in.SealedSerializer"
SESSION_COOKIE_NAME = f"{_PREFIX}maitred_session"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = MAITRED_HTTPS
CSRF_COOKIE_NAME = f"{_PREFIX}maitred_csrf"
CSRF_COOKIE_AGE = None  # as long as the browser is open
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = MAITRED_HTTPS
CSRF_FAILURE_VIEW = "maitred.surfaces.console.pages.csrf_failure"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
LANGUAGE_COOKIE_SECURE = MAITRED_HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = MAITRED_HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_HSTS_SECONDS = 63_072_000 if MAITRED_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = MAITRED_HTTPS
SECURE_HSTS_PRELOAD = MAITRED_HTTPS
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = MAITRED_BODY_LIMIT
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}

# Sign-in
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "maitred.people.sign_in.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_LOGIN_ON_PASSWORD_RESET = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_FORMS = {"login": "maitred.surfaces.console.forms.SignInForm"}
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if MAITRED_HTTPS else "http"
# Sign-in and reset are counted by ``kit.access.limits``, with networks instead of single addresses; the rest is here.
ACCOUNT_RATE_LIMITS = {
    "login": None,
    "login_failed": "5/m/key",
    "reset_password": None,
    "change_password": "5/m/user",
    "reauthenticate": "10/m/user",
    "reset_password_from_key": "20/m/ip",
}
MFA_ADAPTER = "maitred.people.sign_in.MfaAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_ISSUER = "maitred"
MFA_TOTP_TOLERANCE = 0  # a used code is remembered for one period; a wider window would let it in a second time
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not MAITRED_HTTPS
SOCIALACCOUNT_ADAPTER = "maitred.people.single_sign_on.SocialAdapter"
SOCIALACCOUNT_AUTO_SIGNUP = False
# By a link: browsers hold the policy's form-action against the redirect that follows a form, and it allows only us.
SOCIALACCOUNT_LOGIN_ON_GET = True
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
SOCIALACCOUNT_QUERY_EMAIL = False
SOCIALACCOUNT_REQUESTS_TIMEOUT = 5
MAITRED_OIDC = issuers.issuers(_OPTIONS.get("oidc"))
SOCIALACCOUNT_PROVIDERS = issuers.providers(MAITRED_OIDC)
USERSESSIONS_TRACK_ACTIVITY = False

AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "maitred.people.passwords.ListedPasswordValidator"},
    {"NAME": "maitred.people.passwords.OwnWordsValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
     "OPTIONS": {"user_attributes": ("username", "email")}},
]  # fmt: skip

# Mail: only for resets and notices; without it the pages say whom to ask.
_MAIL = workspace.mail(_OPTIONS.get("mail"))
MAITRED_MAIL = bool(_MAIL)
EMAIL_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend" if _MAIL else "django.core.mail.backends.dummy.EmailBackend"
)
EMAIL_HOST = _MAIL.get("host", "")
EMAIL_PORT = int(_MAIL.get("port", 587))
EMAIL_HOST_USER = _MAIL.get("user", "")
EMAIL_HOST_PASSWORD = _MAIL.get("password", "")
EMAIL_USE_TLS = bool(_MAIL.get("tls", True))
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = _MAIL.get("from", "maitred@localhost")
MAITRED_MAIL_BEHIND = True
"""Mail leaves behind the answer, so that the time of an answer does not tell whether an account exists."""

LOGGING_CONFIG = "maitred.site.logs.configure"
LOGGING = {
    "level": os.environ.get("MAITRED_LOG_LEVEL", "INFO"),
    "security_file": os.environ.get("MAITRED_SECURITY_LOG", ""),
}
