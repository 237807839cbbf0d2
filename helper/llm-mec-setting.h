/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef LLM_MEC_SETTING_H
#define LLM_MEC_SETTING_H

#include "ns3/attribute.h"

#include <cstdint>
#include <istream>
#include <ostream>
#include <string>
#include <vector>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief One value of the command line, of LlmMecSettings. ns-3 reads and prints it by stream
 * operators.
 */
struct LlmMecSetting
{
    std::string name;                 ///< on the command line
    std::string help;                 ///< what it is
    double* number{nullptr};          ///< where a real number goes
    uint64_t* count{nullptr};         ///< where a whole number goes
    bool* flag{nullptr};              ///< where an on or off goes
    std::string* text{nullptr};       ///< where a text goes
    double min{0};                    ///< least number
    double max{0};                    ///< largest number
    bool isWhole{false};              ///< whether a number must be whole
    std::vector<std::string> choices; ///< what a text may be
    std::string attribute;            ///< that it stands for, if any
    double scale{1};                  ///< the attribute's value over this

    /// @param value as typed @throw std::invalid_argument in one line where it cannot be
    void Set(const std::string& value);
    /// @return the value as text
    std::string Get() const;
    /// @param set default of the attribute, which others have set
    void Take(const AttributeValue& set);
    /// Make the value the default of the attribute.
    void Pass() const;
    /// @return the choices, with commas between them
    std::string ListChoices() const;

  private:
    /// @param value as typed @param expected what was expected
    [[noreturn]] void Refuse(const std::string& value, const std::string& expected) const;
};

/// Read a setting. @param is stream @param setting setting @return stream
std::istream& operator>>(std::istream& is, LlmMecSetting& setting);
/// Print a setting. @param os stream @param setting setting @return stream
std::ostream& operator<<(std::ostream& os, const LlmMecSetting& setting);

} // namespace llmmec
} // namespace ns3

#endif // LLM_MEC_SETTING_H
