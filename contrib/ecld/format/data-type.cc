/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "data-type.h"

#include <array>
#include <cmath>
#include <cstring>
#include <stdexcept>

namespace ecld
{

namespace
{

/// What we know about a type.
struct DataTypeRow
{
    DataType type;         //!< the type
    const char* name;      //!< its name in safetensors
    std::size_t sizeBytes; //!< bytes of an element
};

constexpr std::array<DataTypeRow, 10> DATA_TYPES{{{DataType::F64, "F64", 8},
                                                  {DataType::F32, "F32", 4},
                                                  {DataType::F16, "F16", 2},
                                                  {DataType::BF16, "BF16", 2},
                                                  {DataType::I64, "I64", 8},
                                                  {DataType::I32, "I32", 4},
                                                  {DataType::I16, "I16", 2},
                                                  {DataType::I8, "I8", 1},
                                                  {DataType::U8, "U8", 1},
                                                  {DataType::BOOL, "BOOL", 1}}};

/// @param type a type @return what we know about it
const DataTypeRow&
GetRow(DataType type)
{
    for (const auto& row : DATA_TYPES)
    {
        if (row.type == type)
        {
            return row;
        }
    }
    throw std::invalid_argument("ecld: a data type that is none of the enumeration's");
}

/// @param type a type that is not floating-point
[[noreturn]] void
RefuseInteger(DataType type)
{
    throw std::invalid_argument(std::string("ecld: data type ") + GetName(type) +
                                ", expected one of F64, F32, F16, BF16");
}

/// @param value any value @return its bits
uint32_t
GetBits(float value)
{
    uint32_t bits;
    std::memcpy(&bits, &value, sizeof(bits));
    return bits;
}

/// @param bits any bits @return the value
float
GetValue(uint32_t bits)
{
    float value;
    std::memcpy(&value, &bits, sizeof(value));
    return value;
}

/**
 * Convert stored elements one by one; memcpy, because neither side need be aligned.
 * @tparam Source stored element
 * @tparam Target element to store
 * @param source the elements
 * @param count how many
 * @param target where they go
 * @param convert from Source to Target
 */
template <typename Source, typename Target, typename Convert>
void
ConvertAll(const void* source, std::size_t count, void* target, const Convert& convert)
{
    const auto* from = static_cast<const std::byte*>(source);
    auto* to = static_cast<std::byte*>(target);
    for (std::size_t i = 0; i < count; ++i)
    {
        Source element;
        std::memcpy(&element, from + i * sizeof(Source), sizeof(Source));
        const Target converted = convert(element);
        std::memcpy(to + i * sizeof(Target), &converted, sizeof(Target));
    }
}

} // namespace

std::size_t
GetSize(DataType type)
{
    return GetRow(type).sizeBytes;
}

const char*
GetName(DataType type)
{
    return GetRow(type).name;
}

std::optional<DataType>
FindDataType(const std::string& name)
{
    for (const auto& row : DATA_TYPES)
    {
        if (name == row.name)
        {
            return row.type;
        }
    }
    return std::nullopt;
}

uint16_t
FloatToHalf(float value)
{
    const uint32_t bits = GetBits(value);
    const uint32_t sign = (bits >> 16) & 0x8000U;
    const uint32_t magnitude = bits & 0x7fffffffU;
    if (magnitude > 0x7f800000U)
    {
        return static_cast<uint16_t>(sign | 0x7e00U | ((magnitude >> 13) & 0x1ffU)); // quiet NaN
    }
    if (magnitude >= 0x477ff000U)
    {
        return static_cast<uint16_t>(sign | 0x7c00U); // from 65520 on: infinity
    }
    if (magnitude < 0x38800000U)
    {
        // Below 2^-14 a half counts steps of 2^-24. The processor rounds the sum as we need it:
        // next to 0.5 a float has exactly those steps.
        const float sum = GetValue(magnitude) + 0.5F;
        return static_cast<uint16_t>(sign | (GetBits(sum) - GetBits(0.5F)));
    }
    // Move the exponent's bias from 127 to 15, round the 13 bits that go, ties to even.
    const uint32_t rebiased = magnitude - (112U << 23);
    const uint32_t rounded = rebiased + 0xfffU + ((rebiased >> 13) & 1U);
    return static_cast<uint16_t>(sign | (rounded >> 13));
}

float
HalfToFloat(uint16_t bits)
{
    const uint32_t sign = (bits & 0x8000U) << 16;
    const uint32_t magnitude = bits & 0x7fffU;
    if (magnitude >= 0x7c00U)
    {
        return GetValue(sign | 0x7f800000U | ((magnitude & 0x3ffU) << 13)); // infinity or NaN
    }
    if (magnitude < 0x400U)
    {
        const float value = std::ldexp(static_cast<float>(magnitude), -24);
        return sign != 0 ? -value : value;
    }
    return GetValue(sign | ((magnitude << 13) + (112U << 23)));
}

uint16_t
FloatToBfloat(float value)
{
    const uint32_t bits = GetBits(value);
    if ((bits & 0x7fffffffU) > 0x7f800000U)
    {
        return static_cast<uint16_t>((bits >> 16) | 0x40U); // quiet NaN
    }
    return static_cast<uint16_t>((bits + 0x7fffU + ((bits >> 16) & 1U)) >> 16);
}

float
BfloatToFloat(uint16_t bits)
{
    return GetValue(static_cast<uint32_t>(bits) << 16);
}

void
ToFloat(DataType type, const std::byte* source, std::size_t count, float* target)
{
    switch (type)
    {
    case DataType::F64:
        ConvertAll<double, float>(source, count, target, [](double value) {
            return static_cast<float>(value);
        });
        return;
    case DataType::F32:
        std::memcpy(target, source, count * sizeof(float));
        return;
    case DataType::F16:
        ConvertAll<uint16_t, float>(source, count, target, HalfToFloat);
        return;
    case DataType::BF16:
        ConvertAll<uint16_t, float>(source, count, target, BfloatToFloat);
        return;
    default:
        RefuseInteger(type);
    }
}

void
FromFloat(DataType type, const float* source, std::size_t count, std::byte* target)
{
    switch (type)
    {
    case DataType::F64:
        ConvertAll<float, double>(source, count, target, [](float value) {
            return static_cast<double>(value);
        });
        return;
    case DataType::F32:
        std::memcpy(target, source, count * sizeof(float));
        return;
    case DataType::F16:
        ConvertAll<float, uint16_t>(source, count, target, FloatToHalf);
        return;
    case DataType::BF16:
        ConvertAll<float, uint16_t>(source, count, target, FloatToBfloat);
        return;
    default:
        RefuseInteger(type);
    }
}

} // namespace ecld
