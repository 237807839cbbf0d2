/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef AGENTS_ACTION_SKILL_H
#define AGENTS_ACTION_SKILL_H

#include <cstdint>
#include <string>

namespace agents
{

/**
 * @ingroup agents
 * @brief How well a world model tells good actions from bad ones.
 *
 * The advantage of an action over others of the same policy, as it was seen, is regressed on the
 * same advantage as the model predicted it. The slope is 1 where the model is right and 0 where the
 * model knows nothing of actions. It is estimated as the posterior mean of a slope that is 0 +- 1
 * before anything was seen, so that it stays near 0 until there is evidence.
 *
 * Both advantages subtract what the model predicts for other actions. The two sets of other actions
 * must be drawn independently: a common set would add the same error to both sides, and the slope
 * of a model without any knowledge would be above 0.
 */
class ActionSkill
{
  public:
    /// @param others number of other actions that each predicted advantage averages over, >= 1
    explicit ActionSkill(int64_t others);

    /// Let all that was added so far count less. @param weight of it, [0, 1]
    void Fade(double weight);

    /**
     * Add a step that is new to the model.
     * @param predicted advantage by the model: of the action over the first set of others
     * @param seen advantage: the target that was seen, over the second set of others
     */
    void Add(double predicted, double seen);

    /// @return posterior mean of the slope, 0 without evidence
    double GetMean() const;
    /// @return posterior standard deviation of the slope, [0, 1], 1 without evidence
    double GetStd() const;

    /**
     * What is sure of the model's knowledge. A slope s below 1 is that of a model that claims more
     * than is so; above 1, of one that sees 1 / s of what actions do. One standard deviation is
     * taken off, as chance alone gives a useless model some slope.
     * @return min(s, 1 / s) less the deviation: near 1 for a model that is surely right, 0 or less
     * for one that may know nothing
     */
    double GetSureSkill() const;

    /// @return the sums, as bytes
    std::string Save() const;
    /// @param bytes what Save gave @throw std::runtime_error when they are of another size
    void Load(const std::string& bytes);

  private:
    /// @return squares of the predicted advantages, without what averaging over few others adds
    double GetSignal() const;
    /// @return variance of a seen advantage that the predicted one does not explain
    double GetNoise() const;

    /// Sums over steps.
    struct Sums
    {
        double steps{0};     ///< how many
        double predicted{0}; ///< squares of the predicted advantages
        double both{0};      ///< products of both
        double seen{0};      ///< squares of the seen advantages
    };

    double m_others; //!< actions that each predicted advantage averages over
    Sums m_sums;     //!< weighted by age
};

} // namespace agents

#endif // AGENTS_ACTION_SKILL_H
