import { SEPARATOR } from './answer.js';
import { Interner } from './table.js';

/**
 * Names of everything about pods as small integers. A *pod* is a namespace and a name; a *place* is a pod on a node (what
 * cAdvisor's series are about; node "" where they do not say); an *incarnation* is a pod with a uid (what kube-state-metrics'
 * series are about); a *stay* is an incarnation in a place.
 */
export class PodIndex {
  private readonly pods = new Interner();
  private readonly places = new Interner();
  private readonly incarnations = new Interner();
  private readonly stays = new Interner();
  private readonly nodeNames = new Map<string, string>();

  readonly namespaceOf: string[] = [];
  readonly nameOf: string[] = [];
  readonly placesOf: number[][] = [];
  readonly staysOf: number[][] = [];
  readonly incarnationsOf: number[][] = [];
  readonly nodeOfPlace: string[] = [];
  readonly uidOf: string[] = [];
  readonly podOfIncarnation: number[] = [];
  readonly placeOfStay: number[] = [];
  readonly incarnationOfStay: number[] = [];

  get podCount(): number {
    return this.pods.size;
  }

  pod(namespace: string, name: string): number {
    const id = this.pods.id(`${namespace}${SEPARATOR}${name}`);
    if (id === this.nameOf.length) {
      this.namespaceOf.push(this.shared(namespace));
      this.nameOf.push(name);
      this.placesOf.push([]);
      this.staysOf.push([]);
      this.incarnationsOf.push([]);
    }
    return id;
  }

  place(pod: number, node: string): number {
    const id = this.places.id(`${pod}/${node}`);
    if (id === this.nodeOfPlace.length) {
      this.nodeOfPlace.push(this.shared(node));
      this.placesOf[pod]!.push(id);
    }
    return id;
  }

  /** Undefined where no series named the pod on that node. */
  findPlace(pod: number, node: string): number | undefined {
    return this.places.find(`${pod}/${node}`);
  }

  incarnation(pod: number, uid: string): number {
    const id = this.incarnations.id(`${pod}/${uid}`);
    if (id === this.uidOf.length) {
      this.uidOf.push(uid);
      this.podOfIncarnation.push(pod);
      this.incarnationsOf[pod]!.push(id);
    }
    return id;
  }

  findIncarnation(pod: number, uid: string): number | undefined {
    return this.incarnations.find(`${pod}/${uid}`);
  }

  stay(pod: number, uid: string, node: string): number {
    const incarnation = this.incarnation(pod, uid);
    const place = this.place(pod, node);
    const id = this.stays.id(`${incarnation}/${place}`);
    if (id === this.placeOfStay.length) {
      this.placeOfStay.push(place);
      this.incarnationOfStay.push(incarnation);
      this.staysOf[pod]!.push(id);
    }
    return id;
  }

  /** One copy of a string that many series repeat. */
  private shared(value: string): string {
    const known = this.nodeNames.get(value);
    if (known !== undefined) return known;
    this.nodeNames.set(value, value);
    return value;
  }
}
