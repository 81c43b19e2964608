# The front-end packages are only needed to copy a few built files out of them.
FROM node:22-slim AS packages
WORKDIR /src
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund

FROM python:3.13-slim
# Pango typesets the PDFs; DejaVu has the Latin and Cyrillic letters.
RUN apt-get update \
    && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 fonts-dejavu-core \
    && rm -rf /var/lib/apt/lists/*

WORKDIR /app
COPY requirements/base.txt requirements/base.txt
RUN pip install --no-cache-dir --require-hashes -r requirements/base.txt

COPY . .
COPY --from=packages /src/node_modules node_modules
ENV DATA_DIR=/app/var PYTHONUNBUFFERED=1
# Development settings, because no secret may be needed to build the image.
RUN python -m shopdisputes.ops.assets \
    && rm -rf node_modules \
    && for source in locale/*/LC_MESSAGES/*.po; do \
           pybabel --quiet compile --input-file "$source" --output-file "${source%.po}.mo" || exit 1; \
       done \
    && DJANGO_SETTINGS_MODULE=shopdisputes.settings.dev DEBUG=1 \
           python manage.py collectstatic --no-input --verbosity 0 \
    && mkdir -p var/media var/seals \
    && useradd --system --uid 10001 --no-create-home shopdisputes \
    && chown -R shopdisputes: var

USER shopdisputes
ENV DJANGO_SETTINGS_MODULE=shopdisputes.settings.production
VOLUME ["/app/var/media", "/app/var/seals"]
EXPOSE 8000
# The rest is in gunicorn.conf.py. No access log: the addresses of customers' pages open them.
CMD ["gunicorn", "shopdisputes.wsgi:application", "--bind", "0.0.0.0:8000", "--worker-tmp-dir", "/dev/shm"]
