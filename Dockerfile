# Inflow: one image for the app, the worker and the receiver (see compose.yaml and docs/deploy.md).
ARG PYTHON=python:3.11.13-slim-bookworm

FROM ${PYTHON} AS packages
COPY requirements.lock /tmp/requirements.lock
RUN python -m venv /opt/inflow \
    && /opt/inflow/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes --requirement /tmp/requirements.lock

FROM ${PYTHON}
# Nobody in particular, with a number that a volume's rights can name.
RUN groupadd --gid 10001 inflow \
    && useradd --uid 10001 --gid inflow --home-dir /tmp --no-create-home --shell /usr/sbin/nologin inflow \
    && install --directory --owner=inflow --group=inflow --mode=0700 /data
COPY --from=packages /opt/inflow /opt/inflow
WORKDIR /app
COPY . .
# HOME is for what Streamlit writes of itself: with a read-only root, a tmpfs.
ENV PATH=/opt/inflow/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    HOME=/tmp \
    INFLOW_HOME=/data
USER 10001:10001
VOLUME /data
EXPOSE 8501 8502
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-m", "freshdesk_core.alive", "http://127.0.0.1:8501/_stcore/health"]
CMD ["streamlit", "run", "app.py", "--server.port", "8501"]
