# The __name__ subgraph, alone: kubectl apply -k k8s/overlays/production/__name__
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources:
  - ../../../base/__name__
  - scaling.yaml
components:
  - ../../../components/subgraph
images:
  # A digest, so that the tested image runs whatever its tag refers to later: the one that the registry reported at the push. No image has
  # the digest of zeros, so nothing starts before a real one replaces it.
  - name: marquee/__name__
    newName: registry.example/marquee/__name__
    digest: sha256:0000000000000000000000000000000000000000000000000000000000000000
