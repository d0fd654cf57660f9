apiVersion: v1
kind: Service
metadata:
  name: __name__
  labels: { app.kubernetes.io/name: __name__, app.kubernetes.io/component: api }
spec:
  selector: { app.kubernetes.io/name: __name__, app.kubernetes.io/component: api }
  ports:
    - { name: http, port: __port__, targetPort: http, appProtocol: http }
