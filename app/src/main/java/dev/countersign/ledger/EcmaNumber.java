package dev.countersign.ledger;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/** A double as ECMAScript writes it, which is what RFC 8785 demands. */
final class EcmaNumber {
    private static final double LARGEST_EXACT_INTEGER = 1L << 53;

    private EcmaNumber() {}

    /** The shortest digits that give back the same double. */
    static String text(double value) {
        if (!Double.isFinite(value)) {
            throw new IllegalArgumentException(
                    "`" + value + "` is no JSON number; numbers must be finite");
        }
        if (value == 0) {
            return "0";
        }
        if (Math.abs(value) <= LARGEST_EXACT_INTEGER && value == Math.rint(value)) {
            return Long.toString((long) value);
        }
        return (value < 0 ? "-" : "") + layout(shortest(Math.abs(value)));
    }

    /**
     * Double.toString is shortest but for its rule of at least two digits: 4.9E-324, not 5e-324.
     */
    private static BigDecimal shortest(double value) {
        BigDecimal digits = new BigDecimal(Double.toString(value)).stripTrailingZeros();
        if (digits.precision() == 2) {
            BigDecimal one = digits.round(new MathContext(1, RoundingMode.HALF_EVEN));
            if (one.doubleValue() == value) {
                return one.stripTrailingZeros();
            }
        }
        return digits;
    }

    private static String layout(BigDecimal value) {
        String digits = value.unscaledValue().toString();
        int count = digits.length();
        int point = count - value.scale();
        if (count <= point && point <= 21) {
            return digits + "0".repeat(point - count);
        }
        if (0 < point && point <= 21) {
            return digits.substring(0, point) + "." + digits.substring(point);
        }
        if (-6 < point && point <= 0) {
            return "0." + "0".repeat(-point) + digits;
        }
        int exponent = point - 1;
        return digits.charAt(0)
                + (count == 1 ? "" : "." + digits.substring(1))
                + (exponent < 0 ? "e-" : "e+")
                + Math.abs(exponent);
    }
}
