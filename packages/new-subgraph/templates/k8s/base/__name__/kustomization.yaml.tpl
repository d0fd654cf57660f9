# The __name__ subgraph, alone: kubectl apply -k k8s/base/__name__
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
namespace: marquee
resources:
  - service.yaml
components:
  - ../subgraph
images:
  - name: marquee/__name__
    newTag: 0.1.0
