/** Subgraphs by name: schemas without the link to the federation specification. */
export type Parts = Readonly<Record<string, string>>;

/** Entities with several keys, of one field, of several and of nested ones; `@requires`, `@provides`, nested lists, mutations. */
const stock: Parts = {
  goods: `
    type Query { items(first: Int = 2, grade: Grade): [Item!]! item(id: ID!): Item bare: [Item] bins(in: [BinInput!]): [Bin] }
    type Mutation { put(count: Int!): Item! touch(note: String): Int clear: [Item] }
    enum Grade { FINE PLAIN HIDDEN @inaccessible }
    input BinInput { row: ID no: Int! = 3 deeper: BinInput }
    scalar Json
    type Item @key(fields: "id") @key(fields: "code") {
      id: ID! code: String! name(in: String! = "en"): String grade: Grade grades: [Grade!] size: Size! weights: [[Int!]]!
      parts: [[Item]!] maker: Maker bin: Bin raw: Json ratio: Float isNew: Boolean! }
    type Size @shareable { w: Int! h: Int unit(long: Boolean): String }
    type Maker @key(fields: "id") { id: ID! }
    type Bin @key(fields: "row slot { no }") { row: ID! slot: Slot! items: [Item!] }
    type Slot @shareable { no: ID! }`,
  trade: `
    type Query { cheapest: Item bin: Bin! }
    scalar Json
    type Item @key(fields: "code") {
      code: String! size: Size! @external grade: Grade @external weights: [[Int!]]! @external raw: Json @external
      price(in: String): Int! label: String @shareable
      fee: String @requires(fields: "size { w h }") duty(rate: Int = 7): Int! @requires(fields: "grade weights") crate: Crate @requires(fields: "raw size { h }") }
    type Size @shareable { w: Int! h: Int }
    enum Grade { FINE PLAIN HIDDEN @inaccessible }
    type Crate { mass: Int! item: Item inner: Crate }
    type Bin @key(fields: "row slot { no }") { row: ID! slot: Slot! sealed: Boolean keeper: Maker }
    type Maker @key(fields: "tag") { tag: String! }
    type Slot @shareable { no: ID! }`,
  makers: `
    type Query { makers: [Maker!] me: Maker }
    type Mutation { rename(to: String): Maker }
    type Maker @key(fields: "id") @key(fields: "tag") {
      id: ID! tag: String! name: String! items: [Item!] best: Item @provides(fields: "label") boss: Maker }
    type Item @key(fields: "id") { id: ID! label: String @external }`,
};

/** Interfaces and unions whose fields and members differ between subgraphs. */
const library: Parts = {
  works: `
    type Query { works: [Work!]! anything: Anything search(text: String): [Anything] node(id: ID!): Node }
    interface Node { id: ID! }
    interface Work implements Node { id: ID! title: String pages(unit: String = "sheet"): Int author: Person }
    type Book implements Work & Node @key(fields: "id") {
      id: ID! title: String pages(unit: String = "sheet"): Int author: Person isbn: String! next: Work chapters: [Chapter!]! }
    type Tape implements Work & Node @key(fields: "id") {
      id: ID! title: String pages(unit: String = "sheet"): Int author: Person! minutes: Int again: [Work!] }
    union Anything = Book | Tape | Person | Note
    type Note { text: String! about: Anything isbn: String }
    type Person implements Node @key(fields: "id") { id: ID! }
    type Chapter { no: Int! title: String lines: [[String]] pages: Float }`,
  people: `
    type Query { people: [Person] }
    interface Node { id: ID! }
    interface Work { id: ID! rating: Float }
    type Person implements Node @key(fields: "id") { id: ID! name: String age: Int works: [Work] liked: Liked friends: [Person!]! }
    union Liked = Book | Person
    type Book implements Work @key(fields: "id") { id: ID! rating: Float readers: [Person!] }
    type Tape implements Work @key(fields: "id") { id: ID! rating: Float! }`,
  reviews: `
    type Query { top: Book }
    type Book @key(fields: "id") {
      id: ID! title: String @external author: Person @external next: Work @external
      blurb(length: Int): String @requires(fields: "title author { name }") score: Int
      after: String @requires(fields: "next { title ... on Tape { minutes } ... on Book { isbn } }") }
    interface Work { id: ID! title: String score: Int }
    type Person @key(fields: "id") { id: ID! name: String @external fame: Int @requires(fields: "name") critic: Anyone }
    union Anyone = Person | Robot
    type Robot { name: Int! }
    type Tape implements Work @key(fields: "id") { id: ID! title: String @external minutes: Int @external score: Int! }
    extend type Book implements Work { isbn: String! @external }`,
};

/** An interface that is an `@interfaceObject` in other subgraphs. */
const media: Parts = {
  base: `
    type Query { media: [Media!]! one(id: ID): Media movie: Movie }
    interface Media @key(fields: "id") { id: ID! title: String }
    type Movie implements Media @key(fields: "id") { id: ID! title: String length: Int! next: Media }
    type Song implements Media @key(fields: "id") { id: ID! title: String singer: String! }`,
  votes: `
    type Query { popular: [Media!] }
    type Media @key(fields: "id") @interfaceObject {
      id: ID! title: String @external votes: Int! similar(first: Int = 1): [Media!]! summary: String @requires(fields: "title") }`,
  stars: `
    type Query { stars: [Star!]! }
    type Media @key(fields: "id") @interfaceObject { id: ID! stars: [Star] }
    type Star { by: String! kind: StarKind }
    enum StarKind { GOLD LEAD }`,
};

/** `@requires` with arguments that conflict with each other and with those of clients. */
const fares: Parts = {
  tickets: `
    type Query { tickets: [Ticket!]! first: Ticket }
    type Ticket @key(fields: "id") { id: ID! price(in: String! = "GBP"): Int seat: Seat stop(no: Int!): Stop spot: Spot }
    type Seat { fee(in: String!): Int row: Int }
    type Stop @key(fields: "id") { id: ID! name(in: String): String }
    interface Spot { rate(in: String!): Int label: String }
    type Deck implements Spot { rate(in: String!): Int label: String }
    type Cabin implements Spot { rate(in: String!): Int label: String beds: Int! }`,
  taxes: `
    type Ticket @key(fields: "id") {
      id: ID! price(in: String! = "GBP"): Int @external seat: Seat @external spot: Spot @external
      tax: Int @requires(fields: "price(in: \\"USD\\")") duty: String! @requires(fields: "price(in: \\"EUR\\")")
      levy: String @requires(fields: "seat { fee(in: \\"USD\\") row }") plain: String @requires(fields: "price")
      toll: Int @requires(fields: "spot { rate(in: \\"EUR\\") }") open: Boolean }
    type Seat { fee(in: String!): Int @external row: Int @external }
    interface Spot { rate(in: String!): Int }
    type Deck implements Spot { rate(in: String!): Int @external }
    type Cabin implements Spot { rate(in: String!): Int @external }`,
  stops: `
    type Query { stops: [Stop] }
    type Stop @key(fields: "id") {
      id: ID! name(in: String): String @external sign: String @requires(fields: "name(in: \\"fr\\")") tickets: [Ticket!] }
    type Ticket @key(fields: "id") { id: ID! }`,
};

/** Chains of keys, unresolvable keys, `@inaccessible` and `@override` fields, fields that are non-null in some subgraphs only. */
const chain: Parts = {
  first: `
    type Query { things(n: Int = 2): [DataObject] pair: Pair! }
    type DataObject @key(fields: "id") { id: ID! hidden: String @inaccessible mixed: Int! @shareable moved: String opening: [Pair!] }
    type Pair @shareable { left: DataObject right: DataObject! mixed: [Int!] }`,
  second: `
    type Query { seconds: [DataObject!]! }
    type DataObject @key(fields: "id") @key(fields: "sku") {
      id: ID! sku: ID! mixed: Int @shareable moved: String @override(from: "first") middle: Int twin: DataObject hidden: String @external
      unhidden: String @requires(fields: "hidden") }
    type Pair @shareable { left: DataObject right: DataObject mixed: [Int] }`,
  third: `
    type Query { thirds: [DataObject] leaf: Leaf }
    type DataObject @key(fields: "sku") @key(fields: "path { at } no") { sku: ID! path: Path! no: ID! deep: Leaf }
    type Path @shareable { at: ID! }
    type Leaf @key(fields: "name") { name: ID! dataObject: DataObject! green: Boolean }`,
  fourth: `
    type Query { fourths: [DataObject!] }
    type DataObject @key(fields: "sku", resolvable: false) @key(fields: "path { at } no") {
      sku: ID! path: Path! no: ID! deep: Leaf @external last: String! @requires(fields: "deep { green }") end: Int }
    type Path @shareable { at: ID! }
    type Leaf @key(fields: "name", resolvable: false) { name: ID! green: Boolean @external weight: Float @shareable }`,
  fifth: `
    type Leaf @key(fields: "name") { name: ID! weight: Float @shareable leaves(most: Int = 2): [Leaf!]! }`,
};

/** Fields with `@override` by label. */
const moves: Parts = {
  old: `
    type Query { users: [User!]! user(id: ID!): User team: Team }
    type User @key(fields: "id") {
      id: ID! name: String email: String! address(short: Boolean): Address friends: [User!] score: Int team: Team }
    type Address @shareable { street: String city: String! }
    type Team @key(fields: "id") { id: ID! lead: User! motto: String }`,
  recent: `
    type Query { newest: User }
    type User @key(fields: "id") {
      id: ID! email: String! @override(from: "old", label: "mail") friends: [User!] @override(from: "old", label: "percent(50)")
      address(short: Boolean): Address @override(from: "old", label: "address") level: Int! }
    type Address @shareable { street: String city: String! }
    type Team @key(fields: "id") { id: ID! motto: String @override(from: "old", label: "mail") size: Int! }`,
  ranks: `
    type User @key(fields: "id") {
      id: ID! name: String @external score: Int @override(from: "old", label: "score") tag: String @requires(fields: "name") }`,
};

/** Arguments with `@fromContext`. */
const contexts: Parts = {
  shops: `
    type Query { shops: [Shop!]! home: Place shop(id: ID!): Shop }
    union Place = Shop | Fair
    type Fair { name: String shops: [Shop] }
    type Shop @key(fields: "id") { id: ID! currency: String! tier: Int items: [Item!]! best: Item twin: Shop }
    type Item @key(fields: "id") { id: ID! title(upper: Boolean): String seller: Shop }`,
  prices: `
    type Shop @key(fields: "id") @context(name: "shop") { id: ID! currency: String! @external tier: Int @external }
    type Item @key(fields: "id") {
      id: ID! price(of: Int, in: String @fromContext(field: "$shop { currency }")): String
      related(in: String @fromContext(field: "$shop { currency }")): [Item!]!
      rank(in: Int @fromContext(field: "$shop { tier }")): Int! stock: Int }`,
};

/** Graphs that Apollo Gateway can load. */
export const SHARED_GRAPHS: Readonly<Record<string, Parts>> = { stock, library, media, fares, chain };

export const GRAPHS: Readonly<Record<string, Parts>> = { ...SHARED_GRAPHS, moves, contexts };
