# syntax=docker/dockerfile:1
# One static-ish binary with the dashboard inside; the second stage holds nothing to build with.
FROM rust:1.95-bookworm AS build
WORKDIR /src
RUN rustup target add wasm32-unknown-unknown
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    cargo xtask dist \
 && cargo build --release --locked --package watchkeeper \
 && cp target/release/watchkeeper /watchkeeper

FROM debian:bookworm-slim
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates curl \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --home-dir /var/lib/watchkeeper --create-home watchkeeper \
 && mkdir -p /var/lib/watchkeeper/targets \
 && chown -R watchkeeper /var/lib/watchkeeper
COPY --from=build /watchkeeper /usr/local/bin/watchkeeper
USER watchkeeper
ENV HOST=0.0.0.0 PORT=8000 DATA_DIR=/var/lib/watchkeeper TARGETS_DIR=/var/lib/watchkeeper/targets
VOLUME /var/lib/watchkeeper
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=3s --start-period=10s CMD curl --fail --silent http://127.0.0.1:8000/health || exit 1
ENTRYPOINT ["watchkeeper"]
CMD ["serve"]
