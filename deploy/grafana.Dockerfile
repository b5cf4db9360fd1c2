# Grafana with the GreenKube app, for docker-compose.yml. Build from the root of the repository:
#   docker build --file deploy/grafana.Dockerfile --tag greenkube/grafana .

FROM node:20.20.2-bookworm-slim AS plugin
RUN npm install --global pnpm@10.34.9
WORKDIR /src
COPY package.json pnpm-lock.yaml pnpm-workspace.yaml ./
COPY exporter/package.json exporter/
COPY dashboards/package.json dashboards/
COPY grafana-app-plugin/package.json grafana-app-plugin/
COPY test/package.json test/
RUN pnpm install --frozen-lockfile --ignore-scripts --filter greenkube --filter @greenkube/grafana-app-plugin
COPY tsconfig.base.json LICENSE ./
COPY dashboards dashboards
COPY grafana-app-plugin grafana-app-plugin
RUN pnpm --filter @greenkube/grafana-app-plugin build

FROM grafana/grafana:12.3.0
COPY --from=plugin /src/grafana-app-plugin/dist /usr/share/grafana/greenkube/greenkube-app
ENV GF_PATHS_PLUGINS=/usr/share/grafana/greenkube
USER 472
