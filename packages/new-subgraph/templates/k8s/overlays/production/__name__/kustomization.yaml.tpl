# The __name__ subgraph, alone: kubectl apply -k k8s/overlays/production/__name__
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources:
  - ../../../base/__name__
  - scaling.yaml
components:
  - ../../../components/subgraph
images:
  # By digest: what was tested is what runs, whatever a tag says later. The digest is the one that the registry told when the image was
  # pushed. No image has the digest of zeros, so nothing starts before a real one stands here.
  - name: marquee/__name__
    newName: registry.example/marquee/__name__
    digest: sha256:0000000000000000000000000000000000000000000000000000000000000000
