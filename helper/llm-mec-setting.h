/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef LLM_MEC_SETTING_H
#define LLM_MEC_SETTING_H

#include "ns3/attribute.h"
#include "ns3/command-line.h"
#include "ns3/random-variable-stream.h"

#include <cstdint>
#include <deque>
#include <istream>
#include <map>
#include <memory>
#include <ostream>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief Command-line values with a range, for programs whose users mistype.
 *
 * A value that is no number, not finite or out of range ends Parse with std::invalid_argument: one
 * line that names the value, what it was and what was expected, instead of ns-3's page of help.
 */
class LlmMecSettings
{
  public:
    /**
     * Add a real number.
     * @param name name on the command line
     * @param help what it is, with its unit
     * @param value set to the number; its value now is the default
     * @param min least value
     * @param max largest value
     */
    void AddNumber(const std::string& name,
                   const std::string& help,
                   double& value,
                   double min,
                   double max);

    /**
     * Add a whole number.
     * @param name name on the command line
     * @param help what it is, with its unit
     * @param value set to the number; its value now is the default
     * @param min least value
     * @param max largest value, up to 2^53
     */
    void AddCount(const std::string& name,
                  const std::string& help,
                  uint64_t& value,
                  uint64_t min,
                  uint64_t max);

    /**
     * Add something that is on or off.
     * @param name name on the command line
     * @param help what it is
     * @param value set to the value (1, true, on, nothing: true; 0, false, off: false); its value
     * now is the default
     */
    void AddFlag(const std::string& name, const std::string& help, bool& value);

    /**
     * Add a text.
     * @param name name on the command line
     * @param help what it is
     * @param value set to the text; its value now is the default
     * @param choices what it may be, anything when empty
     */
    void AddText(const std::string& name,
                 const std::string& help,
                 std::string& value,
                 std::vector<std::string> choices = {});

    /**
     * Add what an attribute has as its default: a real number, a time in seconds, a whole number,
     * on or off, or a choice. Help, range and default come from the TypeId, and objects that are
     * made after Parse have the value. What was typed last counts, here or as --ns3::Type::Name.
     * @param name name on the command line
     * @param attribute type and attribute, such as ns3::llmmec::MluApplication::MaxPowerDbm
     * @param value set to the value
     */
    void AddAttribute(const std::string& name, const std::string& attribute, double& value);
    /// @copydoc AddAttribute(const std::string&, const std::string&, double&)
    void AddAttribute(const std::string& name, const std::string& attribute, bool& value);
    /// @copydoc AddAttribute(const std::string&, const std::string&, double&)
    void AddAttribute(const std::string& name, const std::string& attribute, std::string& value);

    /**
     * Let the setting that was added last stand for an attribute too, whose default is a multiple
     * of it.
     * @param attribute type and attribute
     * @param scale the attribute's value over the setting's
     */
    void Bind(const std::string& attribute, double scale = 1);

    /**
     * Parse the command line; ns-3's own values (RngRun, attributes) are understood too.
     * @param argc number of arguments
     * @param argv arguments
     * @param file the program's source file, for its help
     * @param usage one line on what the program does
     * @throw std::invalid_argument in one line
     */
    void Parse(int argc, char* argv[], const std::string& file, const std::string& usage);

    /// @return name and value, as text, of each setting in the order of adding, and then of ns-3's
    /// own that were typed and that no setting stands for
    std::vector<std::pair<std::string, std::string>> GetValues() const;

    /// @return names of the settings and of ns-3's own that Parse found set, on the command line
    /// or as the default of an attribute; filled by Parse
    std::shared_ptr<const std::set<std::string>> GetTyped() const;

  private:
    /// One value of the command line. ns-3 reads and prints it by stream operators.
    struct Setting
    {
        std::string name;                 //!< on the command line
        std::string help;                 //!< what it is
        double* number{nullptr};          //!< where a real number goes
        uint64_t* count{nullptr};         //!< where a whole number goes
        bool* flag{nullptr};              //!< where an on or off goes
        std::string* text{nullptr};       //!< where a text goes
        double min{0};                    //!< least number
        double max{0};                    //!< largest number
        bool isWhole{false};              //!< whether a real number has to be whole
        std::vector<std::string> choices; //!< what a text may be
        std::string attribute;            //!< that it stands for, if any
        double scale{1};                  //!< the attribute's value over this

        /// @param value as typed
        void Set(const std::string& value);
        /// @return the value as text
        std::string Get() const;
        /// @param set default of the attribute, which others have set
        void Take(const AttributeValue& set);
        /// Make the value the default of the attribute.
        void Pass() const;
        /// @param value as typed @param expected what was expected
        [[noreturn]] void Refuse(const std::string& value, const std::string& expected) const;
    };

    /// Read a setting. @param is stream @param setting setting @return stream
    friend std::istream& operator>>(std::istream& is, Setting& setting);
    /// Print a setting. @param os stream @param setting setting @return stream
    friend std::ostream& operator<<(std::ostream& os, const Setting& setting);

    /// @param argument of the command line, such as --name=value
    void CheckArgument(const std::string& argument);
    /// Take the defaults of attributes that were set elsewhere. @param names of attributes, all
    /// when empty
    void TakeDefaults(const std::set<std::string>& names);

    std::deque<Setting> m_settings;               //!< a deque, since ns-3 keeps pointers into it
    std::map<std::string, std::string> m_objects; //!< by attribute, its text as typed last
    std::shared_ptr<std::set<std::string>> m_typed{
        std::make_shared<std::set<std::string>>()};               //!< names that were found set
    std::vector<std::pair<std::string, std::string>> m_ns3Values; //!< attributes that were typed
};

/**
 * @ingroup llm-mec
 * Make a random variable from what a user types.
 * @param name name of the value, for the error
 * @param text a number (always that) or an ns-3 random variable such as
 * ns3::UniformRandomVariable[Min=1e6|Max=2.5e6]
 * @return the random variable
 * @throw std::invalid_argument in one line
 */
Ptr<RandomVariableStream> MakeRandomVariable(const std::string& name, const std::string& text);

} // namespace llmmec
} // namespace ns3

#endif // LLM_MEC_SETTING_H
