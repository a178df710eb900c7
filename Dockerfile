# The image of web, worker and every command: `docker build --tag maitred:0.1.0 .`, then see docs/operators.md.
# Python is the version that the tests run on. What is installed is the part of requirements.lock that
# `dependencies` of pyproject.toml lead to, checked by hash; containers/runtime_lock.py picks it out of the one lock.

FROM python:3.11-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /build
COPY requirements.lock pyproject.toml ./
COPY containers containers
RUN python containers/runtime_lock.py > runtime.lock \
    && python -m venv /usr/local/maitred \
    && /usr/local/maitred/bin/pip install --require-hashes --no-deps --only-binary :all: --requirement runtime.lock
RUN python containers/runtime_lock.py setuptools > setuptools.lock \
    && pip install --require-hashes --no-deps --only-binary :all: --requirement setuptools.lock
COPY README.md ./
COPY src src
RUN pip wheel --no-deps --no-build-isolation --wheel-dir wheels . \
    && /usr/local/maitred/bin/pip install --no-deps --no-index wheels/maitred-*.whl \
    && /usr/local/maitred/bin/pip check \
    && /usr/local/maitred/bin/python -m maitred.kit.charts.bundle \
    && /usr/local/maitred/bin/pip uninstall --yes pip setuptools

FROM python:3.11-slim-bookworm
LABEL org.opencontainers.image.title="maitred" org.opencontainers.image.licenses="Apache-2.0"
RUN groupadd --system --gid 10001 maitred \
    && useradd --system --uid 10001 --gid maitred --home-dir /srv/maitred --shell /usr/sbin/nologin maitred \
    && install --directory --owner maitred --group maitred --mode 0700 \
        /srv/maitred /srv/maitred/data /srv/maitred/keys /srv/maitred/backups /var/cache/maitred
COPY --from=build /usr/local/maitred /usr/local/maitred
# The workspace is a folder inside its volume: backups and restores work in folders beside it, by links and renaming.
ENV PATH=/usr/local/maitred/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    NUMBA_CACHE_DIR=/var/cache/maitred \
    MAITRED_HOME=/srv/maitred/data/workspace \
    MAITRED_KEYS=/srv/maitred/keys
WORKDIR /srv/maitred
USER 10001:10001
# Machine code of the clock engine and of hiring search. It lies in a volume: on a processor of another kind it is compiled once more.
RUN ["python", "-m", "maitred.metrics.clocks.warm"]
RUN ["python", "-m", "maitred.insight.ranking.index.warm"]
VOLUME ["/srv/maitred/data", "/srv/maitred/keys", "/srv/maitred/backups", "/var/cache/maitred"]
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import urllib.request as web; web.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
ENTRYPOINT ["maitred"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8000"]
