/** The data module of @tgwf/co2, which ships no types. */
declare module '@tgwf/co2/data' {
  interface ZoneYear {
    /** gCO2eq/kWh, life cycle. */
    readonly carbonIntensity: { readonly value: number };
  }
  /** By "yearly<year>", then by zone of Electricity Maps. */
  export const electricityMaps: Readonly<
    Record<string, { readonly data: Readonly<Record<string, ZoneYear>> }>
  >;
  /** gCO2e/kWh by ISO 3166 alpha-3 code. */
  export const averageIntensity: { readonly data: Readonly<Record<string, number>> };
}
