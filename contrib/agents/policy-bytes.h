/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef AGENTS_POLICY_BYTES_H
#define AGENTS_POLICY_BYTES_H

#include "dense-layer.h"

#include <cstddef>
#include <cstdint>
#include <istream>
#include <ostream>
#include <stdexcept>
#include <string>
#include <vector>

/**
 * @file
 * @ingroup agents
 * How policies are stored: numbers as they are in memory, sizes as 32 bits.
 */

namespace agents
{

constexpr uint32_t MAX_UNITS = 1 << 16;   ///< of a layer in a file
constexpr uint32_t MAX_LAYERS = 64;       ///< of a network in a file
constexpr uint32_t MAX_ENTRIES = 1 << 26; ///< of a matrix in a file

/// Write values as they are in memory. @param out stream @param values first @param n how many
template <typename T>
void
WriteValues(std::ostream& out, const T* values, std::size_t n)
{
    out.write(reinterpret_cast<const char*>(values), static_cast<std::streamsize>(n * sizeof(T)));
}

/**
 * @ingroup agents
 * @brief Reads a section of a policy; all errors are std::runtime_error in one line that names file
 * and section.
 */
class PolicyReader
{
  public:
    /// @param in stream, kept by reference @param name of the file @param section of the file
    PolicyReader(std::istream& in, const std::string& name, const std::string& section)
        : m_in(in),
          m_what(name + ": section '" + section + "'")
    {
    }

    /// Read what WriteValues wrote. @param values first @param n how many
    template <typename T>
    void Read(T* values, std::size_t n)
    {
        m_in.read(reinterpret_cast<char*>(values), static_cast<std::streamsize>(n * sizeof(T)));
        if (!m_in)
        {
            throw std::runtime_error(m_what + " ends early");
        }
    }

    /// @param what it is @param max largest value @param min least value
    /// @return a number from min to max
    uint32_t ReadSize(const std::string& what, uint32_t max, uint32_t min = 1)
    {
        uint32_t value = 0;
        Read(&value, 1);
        if (value < min || value > max)
        {
            Fail(": " + what + " is " + std::to_string(value) + ", expected " +
                 std::to_string(min) + " to " + std::to_string(max));
        }
        return value;
    }

    /// @param inputs of the layer @return what WriteLayer wrote
    DenseLayer ReadLayer(uint32_t inputs)
    {
        const uint32_t outputs = ReadSize("number of units", MAX_UNITS);
        if (static_cast<uint64_t>(outputs) * inputs > MAX_ENTRIES)
        {
            Fail(": a layer is too large");
        }
        DenseLayer layer{Eigen::MatrixXf(outputs, inputs), Eigen::VectorXf(outputs)};
        Read(layer.weight.data(), layer.weight.size());
        Read(layer.bias.data(), layer.bias.size());
        return layer;
    }

    /// @param why what is wrong, from its colon on
    [[noreturn]] void Fail(const std::string& why) const
    {
        throw std::runtime_error(m_what + why);
    }

  private:
    std::istream& m_in; //!< stream
    std::string m_what; //!< file and section
};

/// @param out stream @param layer is written but for its inputs
inline void
WriteLayer(std::ostream& out, const DenseLayer& layer)
{
    const auto outputs = static_cast<uint32_t>(layer.weight.rows());
    WriteValues(out, &outputs, 1);
    WriteValues(out, layer.weight.data(), layer.weight.size());
    WriteValues(out, layer.bias.data(), layer.bias.size());
}

} // namespace agents

#endif // AGENTS_POLICY_BYTES_H
