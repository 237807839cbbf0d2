/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef LLM_STEP_TIME_MODEL_H
#define LLM_STEP_TIME_MODEL_H

#include "llm-serving.h"

#include "ns3/nstime.h"
#include "ns3/object.h"

#include <cstdint>
#include <string>
#include <vector>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief How long an engine's step takes, and what sizes memory and model have.
 *
 * A subclass says what serving takes (LlmServing), and may replace the law of it by one of its own.
 */
class StepTimeModel : public Object
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    /**
     * @param queries what the step computes, at least one
     * @return its time with the overhead, s
     * @throws std::runtime_error in one line where a subclass has no finite time >= 0
     */
    double GetStepTimeS(const std::vector<LlmStepQuery>& queries) const;

    /// @return law and sizes
    /// @throws std::runtime_error in one line where a subclass was told none
    virtual const LlmServing& GetServing() const = 0;

  private:
    /// @param queries what the step computes @return its time without overhead, s: the law's
    virtual double DoGetStepTimeS(const std::vector<LlmStepQuery>& queries) const;

    Time m_overhead; //!< of a step
};

/**
 * @ingroup llm-mec
 * @brief Step times by numbers that were fitted on measurements of the same GPU and model.
 */
class CoefficientStepTimeModel : public StepTimeModel
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    /// @param serving law and sizes, in place of those of File
    void SetServing(const LlmServing& serving);

    const LlmServing& GetServing() const override;

  private:
    /// Read a file. @param path the file; none when empty
    void SetFile(std::string path);
    /// @return path of the file that was read
    std::string GetFile() const;

    std::string m_file;       //!< that was read
    LlmServing m_serving;     //!< law and sizes
    bool m_hasServing{false}; //!< whether they were given
};

} // namespace llmmec
} // namespace ns3

#endif // LLM_STEP_TIME_MODEL_H
