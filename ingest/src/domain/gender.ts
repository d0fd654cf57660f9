/** Converts TMDb's number: 0 unknown, 1 female, 2 male, 3 non-binary. A number that TMDb adds is unknown here. */
export function toGender(gender: number | null): 'FEMALE' | 'MALE' | 'NON_BINARY' | null {
  switch (gender) {
    case 1:
      return 'FEMALE';
    case 2:
      return 'MALE';
    case 3:
      return 'NON_BINARY';
    default:
      return null;
  }
}
