# What `cross` builds and tests for aarch64 in: its own image, and what the tests call beside it. Cross.toml names it.
ARG CROSS_BASE_IMAGE=ghcr.io/cross-rs/aarch64-unknown-linux-gnu:main
FROM ${CROSS_BASE_IMAGE}

RUN apt-get update \
    && apt-get install --yes --no-install-recommends util-linux coreutils \
    && rm -rf /var/lib/apt/lists/*
