import type { FakeEndpoint } from './contract.js';
import type { FakeDefinition, FakeRoute } from './definition.js';

/** The endpoint of a request, or the methods that its path allows; none for an unknown path. */
export type RouteMatch<World> =
  | { readonly route: FakeRoute<World>; readonly parameters: readonly string[] }
  | { readonly route: undefined; readonly methods: readonly string[] };

/** Finds endpoints by method and path; the first that fits wins. */
export function createRouter<World>(definition: FakeDefinition<World>) {
  const { origins, frontend, routes } = definition;
  const compiled = routes.map((route) => {
    const [method = '', path = ''] = route.endpoint.split(' ');
    const hasRoute = (origin: string) => (origin === frontend) === (route.isFrontend === true);
    return { route, method, path, segments: path.split('/').slice(1), origins: Object.keys(origins).filter(hasRoute) };
  });
  const endpoints: FakeEndpoint[] = compiled.map(({ method, path, origins }) => ({ method, path, origins }));

  function find(method: string, origin: string, actual: readonly string[]): RouteMatch<World> {
    // Any other host, such as that of a served fake, has all endpoints.
    const candidates = compiled
      .filter(({ origins: places }) => places.includes(origin) || !Object.hasOwn(origins, origin))
      .flatMap((each) => {
        const parameters = matchSegments(each.segments, actual);
        return parameters === undefined ? [] : [{ ...each, parameters }];
      });
    const found = candidates.find((each) => each.method === method);
    return found === undefined
      ? { route: undefined, methods: candidates.map((each) => each.method) }
      : { route: found.route, parameters: found.parameters };
  }

  return { endpoints, find };
}

/** The values of a template's parameters, or `undefined` if the path does not match. */
function matchSegments(template: readonly string[], actual: readonly string[]): string[] | undefined {
  const isParameter = (segment: string | undefined) => segment?.startsWith('{') === true;
  const fits = template.every((segment, index) => {
    const value = actual[index];
    return isParameter(segment) ? value !== undefined && value !== '' : segment === value;
  });
  return fits && template.length === actual.length
    ? actual.filter((_, index) => isParameter(template[index]))
    : undefined;
}
