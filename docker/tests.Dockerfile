# The images that the end-to-end tests run in: `c` has the C programs, dynamic, static, and static with musl; `rust` also
# those in Rust; `jvm` also a JDK and those in Java. The tests, the snapshots and havoc itself are the same in each.
#
# compose.yaml builds them. Where no registry can be reached, `cargo xtask images` makes the base first.
ARG BASE=debian:bookworm-slim
# What is linked with the oldest C library of the matrix runs with the newer ones, and is built once for all.
ARG BUILD_BASE=debian:bookworm-slim

FROM ${BUILD_BASE} AS build
# rustc-web is the Rust that Debian's browsers are built with: in each release recent enough, while rustc is not.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates cargo-web gcc gcc-i686-linux-gnu libc6-dev \
        libc6-dev-i386-cross musl-tools rustc-web \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /havoc
COPY . .
# No debug information: it is most of the size, and no test reads it.
ENV CARGO_PROFILE_DEV_DEBUG=0
RUN cargo build --locked --package havoc-cli --package havoc-tests --package havoc-testees --bins
# The name that cargo gives to a test program ends in a hash.
RUN cargo test --locked --package havoc-tests --test end_to_end --no-run \
    && mv "$(find target/debug/deps -name 'end_to_end-*' -executable)" target/debug/deps/end_to_end
RUN target/debug/testees /testees/c c && target/debug/testees /testees/rust rust

FROM ${BASE} AS c
RUN apt-get update \
    && apt-get install --yes --no-install-recommends libcap2-bin procps psmisc sqlite3 strace \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 1000 --create-home tester
COPY --from=build /havoc/target/debug/havoc /havoc/target/debug/reaper /havoc/target/debug/
COPY --from=build /havoc/target/debug/deps/end_to_end /havoc/target/debug/deps/
COPY tests/tests/end_to_end/snapshots /havoc/tests/tests/end_to_end/snapshots
COPY docker/run-tests /usr/local/bin/
COPY --from=build /testees/c /testees
ENTRYPOINT ["run-tests"]

FROM c AS rust
COPY --from=build /testees/rust /testees

FROM rust AS jvm
# The directory is missing in slim images, and a JDK does not install without.
RUN mkdir -p /usr/share/man/man1 \
    && apt-get update \
    && apt-get install --yes --no-install-recommends default-jdk-headless \
    && rm -rf /var/lib/apt/lists/*
COPY testees/java /tmp/java
RUN javac -d /testees /tmp/java/*.java && rm -r /tmp/java
