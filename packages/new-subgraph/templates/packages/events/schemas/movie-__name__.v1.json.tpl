{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "$id": "https://marquee.example/schemas/movie-__name__.v1.json",
  "title": "Movie__Name__",
  "description": "The __name__ of a movie, as the source had them at ce_time.",
  "x-entity": "Movie",
  "x-consumer": "__name__",
  "type": "object",
  "additionalProperties": false,
  "required": ["movieId", "__name__"],
  "properties": {
    "movieId": {
      "$ref": "definitions.v1.json#/$defs/MovieId"
    },
    "__name__": {
      "description": "Every entry, in the order of the source.",
      "type": "array",
      "items": {
        "$ref": "#/$defs/__Item__"
      }
    }
  },
  "$defs": {
    "__Item__": {
      "description": "One of the __name__ of a movie.",
      "type": "object",
      "additionalProperties": false,
      "required": ["id", "name"],
      "properties": {
        "id": {
          "description": "The id within the movie.",
          "type": "string",
          "minLength": 1,
          "maxLength": 64
        },
        "name": {
          "description": "The name, as the source has it.",
          "type": "string",
          "minLength": 1,
          "maxLength": 600
        }
      }
    }
  }
}
