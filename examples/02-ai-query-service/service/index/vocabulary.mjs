import { stem } from "./stem.mjs";

/**
 * Words of the trade that mean the same here, one group a line. Passengers say "boat" where the handbook
 * says "ship"; the index knows both as the first word of the group.
 */
const GROUPS = `
  ship boat ferry vessel
  crossing sailing voyage trip journey
  departure depart departs departing
  car vehicle automobile
  lorry truck hgv
  motorhome campervan camper
  bicycle bike
  price cost fare tariff
  concession discount reduction reduced cheaper
  refund reimburse reimbursement repay
  late delay delayed lateness
  cancel cancellation
  luggage baggage bag suitcase case
  foot pedestrian walk walking
  child kid boy girl son daughter
  infant baby babies
  older elderly pensioner senior
  crew staff
  deckhand sailor seaman
  master captain skipper
  lifejacket vest
  muster gather assemble
  injury hurt injured wound
  ill sick unwell illness sickness
  drunk intoxicated
  rubbish garbage trash litter refuse
  sewage toilet lavatory
  food meal eat
  telephone phone mobile
  wifi internet wireless
  quay dock pier berth
  harbour port
  gale storm
  fuel diesel
  annual yearly year
  drill exercise practise practice
  rest sleep
  gun rifle shotgun
  fall fell
  lose lost
  find found
  leave left
`;

const FIRST = new Map(
  GROUPS.trim()
    .split("\n")
    .flatMap((line) => {
      const [first = "", ...others] = line.trim().split(" ").map(stem);
      return others.map((word) => /** @type {const} */ ([word, first]));
    }),
);

/**
 * The word that stands for a whole group of equal words; any other stem is returned as it is.
 *
 * @param {string} stemmed
 * @returns {string}
 */
export function canonical(stemmed) {
  return FIRST.get(stemmed) ?? stemmed;
}
