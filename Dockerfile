# Training and dashboard in one image; name a CUDA base for a machine with a graphics card:
#   docker build -t spcl .
#   docker build -t spcl --build-arg BASE=nvidia/cuda:13.0.1-runtime-ubuntu24.04 .
#   docker run --rm -p 127.0.0.1:8501:8501 -v "$PWD/runs:/runs" spcl
#   docker run --rm --gpus all -v "$PWD/runs:/runs" -v "$PWD/mydata:/data:ro" spcl \
#     spcl adapt configs/streets.toml data.kind=folder data.root=/data --runs /runs
# pip takes torch with CUDA by default; --build-arg PIP_EXTRA_INDEX_URL=... names a place with others.
ARG BASE=python:3.11-slim-bookworm
FROM ${BASE}

# A CUDA base brings no Python; the version is that of the base's own Debian or Ubuntu.
# hadolint ignore=DL3008
RUN if ! command -v python3 > /dev/null; then \
      apt-get update \
      && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
        python3 python3-venv \
      && rm -rf /var/lib/apt/lists/*; \
    fi \
    && python3 -m venv /opt/spcl
ENV PATH=/opt/spcl/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    XDG_CACHE_HOME=/var/cache/spcl

ARG PIP_EXTRA_INDEX_URL
WORKDIR /opt/source
COPY pyproject.toml setup.py requirements.txt README.md LICENSE ./
COPY configs configs
COPY docs/measures.md docs/measures.md
COPY dashboard dashboard
COPY spcl spcl
RUN pip install --no-cache-dir --constraint requirements.txt ".[train,dashboard]"

RUN useradd --uid 1000 --create-home spcl || true; \
    mkdir -p /runs /var/cache/spcl && chown 1000 /runs /var/cache/spcl
USER 1000
WORKDIR /runs
VOLUME /runs
EXPOSE 8501
# Within the image every address is the container's own; -p says who reaches it.
CMD ["spcl-dashboard", "/runs", "--address", "0.0.0.0"]
