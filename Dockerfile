# syntax=docker/dockerfile:1

# durable-rules is C source: it is compiled in the first stage, and no compiler gets into the image that runs.
FROM python:3.12-slim-bookworm AS build
RUN apt-get update \
    && apt-get install --yes --no-install-recommends gcc libc6-dev \
    && rm -rf /var/lib/apt/lists/*
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/policy
WORKDIR /source
COPY requirements/build.txt requirements/runtime.txt requirements/
RUN /opt/policy/bin/pip install --require-hashes -r requirements/build.txt \
    && /opt/policy/bin/pip install --no-build-isolation --require-hashes -r requirements/runtime.txt
COPY pyproject.toml README.md LICENSE ./
COPY rules/statutes rules/statutes
COPY policy_service policy_service
RUN /opt/policy/bin/pip install --no-build-isolation --no-deps . \
    && /opt/policy/bin/pip uninstall --yes setuptools pip

FROM python:3.12-slim-bookworm
LABEL org.opencontainers.image.title="policy-service" \
      org.opencontainers.image.licenses="Apache-2.0"
RUN groupadd --system --gid 10001 policy \
    && useradd --system --uid 10001 --gid policy --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin policy
COPY --from=build /opt/policy /opt/policy
COPY rules /rules
# The ledger is all that is ever written: no byte code, no home. So the root file system may be read-only (--read-only).
RUN install --directory --owner=10001 --group=10001 /data
VOLUME /data
WORKDIR /data
ENV PATH=/opt/policy/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
USER 10001:10001
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=15s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8080/healthz', timeout=2)"]
ENTRYPOINT ["policy"]
# Beyond loopback the service wants to know who asks: the keys are mounted as a secret, never built in.
CMD ["serve", "--rules", "/rules", "--host", "0.0.0.0", "--port", "8080", "--workers", "2", \
     "--ledger", "sqlite:////data/policy-ledger.db", "--api-keys", "/run/secrets/api-keys"]
