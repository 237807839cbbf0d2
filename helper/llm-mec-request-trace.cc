/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-mec-request-trace.h"

#include "ns3/log.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <locale>
#include <sstream>
#include <stdexcept>
#include <unordered_set>

namespace ns3
{
namespace llmmec
{

NS_LOG_COMPONENT_DEFINE("LlmMecRequestTrace");

namespace
{

constexpr double MAX_BYTES = 1 << 30;      //!< largest file
constexpr double MAX_COUNT = 4294967295.0; //!< of ids and tokens
constexpr double MAX_ARRIVAL_S = 9e9;      //!< of the simulator's clock

/// @param line a line of CSV without quotes @return its fields
std::vector<std::string>
SplitLine(const std::string& line)
{
    std::vector<std::string> fields(1);
    for (const char c : line)
    {
        if (c == ',')
        {
            fields.emplace_back();
        }
        else if (c != '\r')
        {
            fields.back() += c;
        }
    }
    return fields;
}

/// A trace file while it is read
class TraceReader
{
  public:
    /// @param path the file
    explicit TraceReader(const std::string& path)
        : m_path(path),
          m_file(path)
    {
        std::error_code error;
        const auto bytes = std::filesystem::file_size(path, error);
        if (error || !m_file)
        {
            throw std::runtime_error(path + ": cannot read it, expected a CSV file of requests");
        }
        if (static_cast<double>(bytes) > MAX_BYTES)
        {
            throw std::runtime_error(path + ": " + std::to_string(bytes) +
                                     " bytes, expected at most 1 GiB");
        }
        std::string line;
        std::getline(m_file, line);
        m_names = SplitLine(line);
    }

    /// @return whether there is another line, which is read then
    bool Next()
    {
        std::string line;
        do
        {
            if (!std::getline(m_file, line))
            {
                return false;
            }
            ++m_line;
        } while (line.empty() || line == "\r");
        m_fields = SplitLine(line);
        if (m_fields.size() != m_names.size())
        {
            Fail("",
                 std::to_string(m_fields.size()) + " fields, expected the " +
                     std::to_string(m_names.size()) + " of the first line");
        }
        return true;
    }

    /// @param name a column @return its place, none where the file has no such column
    std::optional<std::size_t> Find(const std::string& name) const
    {
        const auto found = std::find(m_names.begin(), m_names.end(), name);
        return found == m_names.end() ? std::nullopt
                                      : std::optional<std::size_t>(found - m_names.begin());
    }

    /// @param name a column @return its place @throw std::runtime_error where there is none
    std::size_t Require(const std::string& name) const
    {
        const auto place = Find(name);
        if (!place)
        {
            throw std::runtime_error(m_path + ": no column " + name +
                                     " in its first line, expected id, arrivalS, promptTokens and "
                                     "generatedTokens");
        }
        return *place;
    }

    /// @param column place of a column @return whether its field is empty
    bool IsEmpty(std::size_t column) const
    {
        return m_fields[column].empty();
    }

    /// @param column place of a column @param min least @param max largest @param isWhole whether
    /// it is a whole number @return the number in its field
    double GetNumber(std::size_t column, double min, double max, bool isWhole) const
    {
        std::istringstream text(m_fields[column]);
        text.imbue(std::locale::classic());
        double number = 0;
        const bool isNumber =
            text >> number && text.peek() == std::istringstream::traits_type::eof();
        if (!isNumber || !(number >= min && number <= max) ||
            (isWhole && number != std::floor(number)))
        {
            std::ostringstream expected;
            expected.precision(10);
            expected << "'" << m_fields[column] << "', expected a " << (isWhole ? "whole " : "")
                     << "number from " << min << " to " << max;
            Fail(m_names[column], expected.str());
        }
        return number;
    }

    /// @param column place of a column @param min least @return the whole number in its field
    uint32_t GetCount(std::size_t column, double min) const
    {
        return static_cast<uint32_t>(GetNumber(column, min, MAX_COUNT, true));
    }

    /// @param name column, or empty @param problem what is there and what was expected
    [[noreturn]] void Fail(const std::string& name, const std::string& problem) const
    {
        throw std::runtime_error(m_path + ": line " + std::to_string(m_line) +
                                 (name.empty() ? "" : ", " + name) + ": " + problem);
    }

  private:
    std::string m_path;                //!< of the file
    std::ifstream m_file;              //!< the file
    std::vector<std::string> m_names;  //!< of the columns
    std::vector<std::string> m_fields; //!< of the line
    std::size_t m_line{1};             //!< number of the line, from 1
};

} // namespace

std::vector<LlmMecTracedRequest>
ReadRequestTrace(const std::string& path)
{
    NS_LOG_FUNCTION(path);
    TraceReader reader(path);
    const std::size_t id = reader.Require("id");
    const std::size_t arrival = reader.Require("arrivalS");
    const std::size_t prompt = reader.Require("promptTokens");
    const std::size_t answer = reader.Require("generatedTokens");
    const auto prefixOf = reader.Find("prefixOf");
    const auto prefixTokens = reader.Find("prefixTokens");
    std::vector<LlmMecTracedRequest> requests;
    std::unordered_set<uint32_t> ids;
    while (reader.Next())
    {
        LlmMecTracedRequest request;
        request.id = reader.GetCount(id, 0);
        const double earliestS = requests.empty() ? 0 : requests.back().arrivalS;
        request.arrivalS = reader.GetNumber(arrival, earliestS, MAX_ARRIVAL_S, false);
        request.promptTokens = reader.GetCount(prompt, 1);
        request.answerTokens = reader.GetCount(answer, 1);
        if (prefixOf && prefixTokens && !reader.IsEmpty(*prefixOf))
        {
            request.prefixOf = reader.GetCount(*prefixOf, 0);
            request.prefixTokens = static_cast<uint32_t>(
                reader.GetNumber(*prefixTokens, 0, request.promptTokens, true));
            if (ids.count(*request.prefixOf) == 0)
            {
                reader.Fail("prefixOf",
                            std::to_string(*request.prefixOf) +
                                ", expected the id of an earlier request");
            }
        }
        if (!ids.insert(request.id).second)
        {
            reader.Fail("id", std::to_string(request.id) + " is there twice");
        }
        requests.push_back(request);
    }
    if (requests.empty())
    {
        throw std::runtime_error(path + ": no request, expected at least one line of them");
    }
    return requests;
}

} // namespace llmmec
} // namespace ns3
