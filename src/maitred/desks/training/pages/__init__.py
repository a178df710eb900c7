"""The pages of training: home, courses, quizzes, assigning, importing, paths, practice, the matrix, waves."""
