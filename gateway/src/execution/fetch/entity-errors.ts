import { type PathStep, pathsOfObjects, responseKeysOf } from '../../graphql/response-path.ts';
import type { ExecutionContext } from '../execution-context.ts';
import { errorPath, hasMaxErrors, reportError, representationTooDeep, subgraphError } from '../subgraph-errors.ts';
import type { RequestShare } from './entity-requests.ts';

/** Maximum number of paths at which one error is reported: an entity may be at thousands of them. */
const MAX_PATHS = 100;

/** Reports an error of an entity at each path of the entity, and an error of the request once. */
export function reportEntityErrors(
  context: ExecutionContext,
  subgraph: string,
  steps: readonly PathStep[],
  errors: readonly unknown[],
  { entities, request, indexes, isFirst }: RequestShare,
): void {
  const objectsByIndex = new Map(entities.map(({ objects }, index) => [indexes[index], objects]));
  const pathsByObject = pathsOfObjects(context.data, steps, new Set([...objectsByIndex.values()].flat()));
  for (const error of errors) {
    if (hasMaxErrors(context)) break;
    const [field, index, ...rest] = errorPath(error) ?? [];
    if (field !== '_entities' || typeof index !== 'number' || !(index in request.representations)) {
      if (isFirst) reportError(context, subgraphError(subgraph, error), responseKeysOf(steps));
      continue;
    }
    const paths = (objectsByIndex.get(index) ?? []).flatMap((object) => pathsByObject.get(object) ?? []);
    const reported = subgraphError(subgraph, error);
    for (const path of paths.slice(0, MAX_PATHS)) reportError(context, reported, [...path, ...rest]);
  }
}

/** Reports entities that are not requested because a value of their representation is nested too deeply. */
export function reportTooDeep(
  context: ExecutionContext,
  subgraph: string,
  steps: readonly PathStep[],
  objects: readonly Record<string, unknown>[],
): void {
  if (objects.length === 0) return;
  const paths = [...pathsOfObjects(context.data, steps, new Set(objects)).values()].flat();
  for (const path of paths.slice(0, MAX_PATHS)) reportError(context, representationTooDeep(subgraph), path);
}
