# The image of a release: havoc, linked statically, and nothing else. As it is:
#
#     docker run --rm havoc demo
#
# and in an image of one's own, whatever its C library:
#
#     COPY --from=havoc /usr/bin/havoc /usr/bin/havoc
ARG BASE=debian:bookworm-slim

FROM ${BASE} AS build
# rustc-web is the Rust that Debian's browsers are built with: in each release recent enough, while rustc is not.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates cargo-web gcc libc6-dev musl-tools rustc-web \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /havoc
COPY . .
# As one unit, which Cargo.toml says, it takes minutes. `in-parts` is for whoever tries the image and not its speed.
ARG LINKED=as-one
# The C library goes into the program. With --target, so that this does not concern what runs while it is built.
ENV RUSTFLAGS="-C target-feature=+crt-static" CARGO_PROFILE_RELEASE_STRIP=debuginfo
RUN if [ "$LINKED" = in-parts ]; then \
        export CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16; \
    fi \
    && cargo build --locked --release --package havoc-cli --target "$(rustc -vV | sed -n 's/^host: //p')" \
    && install -D target/*/release/havoc /image/usr/bin/havoc \
    && install -D --mode=644 --target-directory=/image/usr/share/doc/havoc LICENSE-APACHE LICENSE-MIT \
    && install -d --mode=1777 /image/tmp

FROM scratch
COPY --from=build /image /
ENTRYPOINT ["/usr/bin/havoc"]
